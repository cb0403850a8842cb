import type { Database } from "./database.ts";

/**
 * What a connection adds for itself; nothing of it is in the file. Each statement costs a turn of the event loop and of
 * a thread, so what always goes together goes in one: a delivery with its bytes and what it carries, by way of the view
 * `outgoing`, and the tallies, which follow from what they count.
 */
const shorthand = `
CREATE TEMP VIEW outgoing AS SELECT d.seq, d.id, d.sink, d.lane, d.control_id, d.purpose, m.bytes, NULL AS carried
  FROM delivery AS d JOIN message AS m ON m.seq = d.seq;
CREATE TEMP TRIGGER outgoing_is_queued INSTEAD OF INSERT ON outgoing BEGIN
  INSERT INTO message (seq, bytes) VALUES (NEW.seq, NEW.bytes);
  INSERT INTO delivery (seq, id, sink, lane, control_id, purpose)
    VALUES (NEW.seq, NEW.id, NEW.sink, NEW.lane, NEW.control_id, NEW.purpose);
  INSERT INTO carries (delivery, position, observation) SELECT NEW.seq, key, value FROM json_each(NEW.carried);
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
