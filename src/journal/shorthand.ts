import type { Database } from "./database.ts";

/**
 * What a connection adds for itself; nothing of it is in the file. Each statement costs a turn of the event loop and of
 * a thread, so what always goes together goes in one: a delivery with its bytes and what it carries, by way of the view
 * `outgoing`; readings that are new for certain, with all that follows from them, by way of the view `entry`; and the
 * tallies, which follow from what they count.
 */
const shorthand = `
CREATE TEMP VIEW outgoing AS SELECT d.seq, d.id, d.sink, d.lane, d.control_id, d.purpose, d.state, m.bytes,
  NULL AS carried
  FROM delivery AS d JOIN message AS m ON m.seq = d.seq;
CREATE TEMP TRIGGER outgoing_is_stored INSTEAD OF INSERT ON outgoing BEGIN
  INSERT INTO message (seq, bytes) VALUES (NEW.seq, NEW.bytes);
  INSERT INTO delivery (seq, id, sink, lane, control_id, purpose, state)
    VALUES (NEW.seq, NEW.id, NEW.sink, NEW.lane, NEW.control_id, NEW.purpose, NEW.state);
  INSERT INTO carries (delivery, position, observation) SELECT NEW.seq, key, value FROM json_each(NEW.carried);
END;
CREATE TEMP VIEW entry AS SELECT NULL AS observations, NULL AS bodies, NULL AS held, NULL AS first, NULL AS outgoing,
  NULL AS messages, NULL AS events WHERE false;
CREATE TEMP TRIGGER entry_is_stored INSTEAD OF INSERT ON entry BEGIN
  INSERT INTO observation (seq, id, source_key, in_group, place, received, body)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5,
      CAST(substr(NEW.bodies, value->>6, value->>7) AS TEXT)
    FROM json_each(NEW.observations);
  INSERT INTO held (observation, reasons) SELECT value->>0, value->>1 FROM json_each(NEW.held);
  INSERT INTO message (seq, bytes)
    SELECT NEW.first + key, substr(NEW.messages, value->>6, value->>7) FROM json_each(NEW.outgoing);
  INSERT INTO delivery (seq, id, sink, lane, control_id, purpose, state)
    SELECT NEW.first + key, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5
    FROM json_each(NEW.outgoing);
  INSERT INTO carries (delivery, position, observation)
    SELECT NEW.first + o.key, c.key, c.value FROM json_each(NEW.outgoing) AS o, json_each(o.value, '$[8]') AS c;
  INSERT INTO event (at, type, place, device, done_by, data)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(NEW.events);
END;
CREATE TEMP TRIGGER observation_is_tallied AFTER INSERT ON observation BEGIN
  INSERT INTO tally (what, sink, n) VALUES ('observation', '', 1)
    ON CONFLICT (what, sink) DO UPDATE SET n = n + 1;
END;
CREATE TEMP TRIGGER delivered_is_tallied AFTER UPDATE OF state ON delivery
  WHEN NEW.state = 'delivered' AND OLD.state <> 'delivered' BEGIN
  INSERT INTO tally (what, sink, n) VALUES ('delivered', NEW.sink, 1)
    ON CONFLICT (what, sink) DO UPDATE SET n = n + 1;
END;
`;

/** To be called once on each connection that appends and settles, when the schema is up to date. */
export function addShorthand(database: Database): Promise<void> {
  return database.script(shorthand);
}
