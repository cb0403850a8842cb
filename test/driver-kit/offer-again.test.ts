import { describe, expect, it } from "vitest";
import type { Action, Session, SessionEvent } from "../../src/driver-kit/contract.ts";
import { offerAgain } from "../../src/driver-kit/offer-again.ts";
import { VirtualTime } from "../../src/driver-kit/replay.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";

/** Reports each byte as a finding; `w` and `0` set and take away its own alarm. Keeps what it hears. */
function toy() {
  const heard: SessionEvent[] = [];
  let at = 0;
  let receipt = 0;
  const session: Session = {
    handle(event): readonly Action[] {
      heard.push(event);
      if (event.on !== "data") return [];
      return Array.from(event.bytes, (byte): Action => {
        const span = { from: at++, to: at };
        const text = String.fromCharCode(byte);
        if (text === "w") return { do: "wake", afterMs: 9000 };
        if (text === "0") return { do: "wake", afterMs: 0 };
        const finding = { channel: "X", value: { kind: "number", text }, kind: "patient", span } as const;
        return { do: "report", receipt: ++receipt, findings: [finding] };
      });
    },
  };
  return { session, heard };
}

/** Plays texts and pauses in milliseconds; the disk is full until the report of receipt `until`. */
function played(steps: readonly (string | number)[], until: number) {
  const { session, heard } = toy();
  const time = new VirtualTime(offerAgain(session), (receipt) => (receipt < until ? "refused" : "stored"));
  time.give({ on: "open" });
  for (const step of steps) {
    if (typeof step === "number") time.advance(time.now + step);
    else time.give({ on: "data", bytes: bytesOf(step) });
  }
  const reports = time.steps.flatMap((step) =>
    "action" in step && step.action.do === "report" ? [{ ...step.action, ms: step.ms }] : [],
  );
  return {
    time,
    heard,
    reports,
    offered: reports.map(({ findings }) => findings[0]?.value.text).join(""),
    receipts: reports.map((report) => report.receipt),
  };
}

describe("a report that was refused", () => {
  it("is offered again as the very same findings under a new receipt, with the next data", () => {
    const { reports, receipts, offered } = played(["1", "2"], 2);
    expect(offered).toBe("112");
    expect(receipts).toEqual([1, 2, 3]);
    expect(reports[1]?.findings).toBe(reports[0]?.findings);
  });

  it("is offered again every two seconds where nothing comes, until it is stored", () => {
    const { reports, offered } = played(["1", 60_000], 4);
    expect(offered).toBe("1111");
    expect(reports.map(({ ms }) => ms)).toEqual([0, 2000, 4000, 6000]);
  });

  it("is offered again when the session's own alarm rings, which is neither moved nor kept from it", () => {
    const { reports, heard } = played(["1w", 60_000], 2);
    expect(reports.map(({ ms }) => ms)).toEqual([0, 9000]);
    expect(heard.filter(({ on }) => on === "wake")).toHaveLength(1);
  });

  it("is offered again by an alarm of our own, which the session does not hear, where it took its own away", () => {
    const { reports, heard } = played(["1w", "0", 60_000], 3);
    expect(reports.map(({ ms }) => ms)).toEqual([0, 0, 2000]);
    expect(heard.filter(({ on }) => on === "wake")).toHaveLength(0);
  });

  it("tries the disk one at a time, and all are offered once something was stored", () => {
    const { offered } = played(["123", 10_000], 6);
    expect(offered).toBe("123" + "12" + "3" + "12");
  });

  it("is told to the session once as refused, and as stored when it is", () => {
    const { heard } = played(["1", 60_000], 4);
    expect(heard.slice(2)).toEqual([
      { on: "refused", receipt: 1 },
      { on: "stored", receipt: 1 },
    ]);
  });

  it("is offered a last time when the session ends, and then no more", () => {
    const { time } = played(["1"], 9);
    const last = time.give({ on: "close" });
    expect(last.map((action) => action.do)).toEqual(["report"]);
  });

  it("is given up, and said so, where a thousand later ones were refused too", () => {
    const { time, offered } = played(["1", "2".repeat(1000)], 5000);
    const discards = time.steps.flatMap((step) =>
      "action" in step && step.action.do === "discard" ? [step.action] : [],
    );
    expect(discards).toMatchObject([{ span: { from: 0, to: 1 } }]);
    expect(offered).toHaveLength(1002);
  });
});
