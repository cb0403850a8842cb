import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { GatewayStatus } from "../../../src/console/answers.ts";
import { percentile } from "../figures.ts";
import { inRoom, line, lines, type Room, weights } from "./room.ts";

/*
 * One run of each measurement. A reading that came twice, out of order, changed or not at all is an error.
 */

const latencySamples = 200;
/** A dozen people at work, each of whom takes a reading every two or three seconds. */
const latencySpacingMs = 200;
const burst = 20_000;
/** What a service that has been at work has read before, so that Node has compiled what it will run. */
const before = 5000;
const backlog = 50_000;
const starts = 3;
const crowdMs = 20_000;
/** Until Node has compiled what a crowd keeps running. */
const crowdBeforeMs = 60_000;

/** From the last byte of a reading, written towards the pty, to the AA of the receiver. */
export async function latency(): Promise<{ readonly p50: number; readonly p99: number }> {
  return inRoom({ scales: 1, sinks: ["hl7"] }, async (room) => {
    await room.clinic.listen(room.hl7Port);
    const gateway = await room.start();
    await room.scan(gateway);
    const sent = weights(latencySamples);
    const writtenAt: number[] = [];
    for (const weight of sent) {
      writtenAt.push(steadyMs());
      room.write(0, line(weight));
      await sleep(latencySpacingMs);
    }
    const { messages } = await room.clinic.received(sent.length);
    exactly(
      sent,
      messages.map(({ value }) => value),
    );
    const latencies = messages.map(({ answeredAt }, i) => answeredAt - (writtenAt[i] ?? 0));
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  });
}

/** Readings a second from the first byte of a burst to the last AA. */
export async function burstToAa(): Promise<number> {
  return inRoom({ scales: 1, sinks: ["hl7"] }, async (room) => {
    await room.clinic.listen(room.hl7Port);
    const gateway = await room.start();
    await room.scan(gateway);
    const sent = weights(before + burst);
    room.write(0, lines(sent.slice(0, before)));
    await gateway.until(delivered("ehr", before), 200);
    const began = steadyMs();
    room.write(0, lines(sent.slice(before)));
    const { messages } = await room.clinic.received(sent.length);
    exactly(
      sent,
      messages.map(({ value }) => value),
    );
    return (burst * 1000) / ((messages.at(-1)?.answeredAt ?? 0) - began);
  });
}

/** Readings a second from the first byte of a burst to the last PUBACK, as the gateway notes it. */
export async function burstToPuback(): Promise<number> {
  return inRoom({ scales: 1, sinks: ["mqtt"] }, async (room) => {
    const gateway = await room.start();
    await room.scan(gateway);
    const sent = weights(before + burst);
    room.write(0, lines(sent.slice(0, before)));
    await gateway.until(delivered("bus", before), 200);
    const began = Date.now();
    room.write(0, lines(sent.slice(before)));
    // Seldom, for each question takes its turn in the journal.
    await gateway.until(delivered("bus", sent.length), 500);
    const rate = (burst * 1000) / ((await gateway.lastSettled("bus")) - began);
    exactly(sent, (await room.broker.collect()).map(weightOf));
    return rate;
  });
}

/** Seconds from the connection until the last AA, for what waited while nobody listened. */
export async function drain(): Promise<number> {
  return inRoom({ scales: 1, sinks: ["hl7"] }, async (room) => {
    const before = await room.start();
    await room.scan(before);
    const sent = weights(backlog);
    room.write(0, lines(sent));
    await before.until(({ counts }) => counts.observations === backlog, 100);
    await before.stop();
    await room.clinic.listen(room.hl7Port);
    await room.start();
    const { messages, connectedAt, connections } = await room.clinic.received(backlog);
    exactly(
      sent,
      messages.map(({ value }) => value),
    );
    if (connections !== 1) throw new Error(`it took ${connections} connections`);
    return ((messages.at(-1)?.answeredAt ?? 0) - connectedAt) / 1000;
  });
}

/** Eight devices and two sinks: what starting takes, and what is resident after a burst that went to both. */
export async function memory(): Promise<{ readonly megabytes: number; readonly startMs: number }> {
  return inRoom({ scales: 7, sinks: ["hl7", "mqtt"] }, async (room) => {
    await room.clinic.listen(room.hl7Port);
    const startMs: number[] = [];
    for (let i = 0; i < starts; i++) {
      const gateway = await room.start();
      startMs.push(gateway.startMs);
      await gateway.stop();
    }
    const gateway = await room.start();
    startMs.push(gateway.startMs);
    await room.scan(gateway);
    const sent = weights(burst);
    room.write(0, lines(sent));
    await gateway.until((status) => delivered("ehr", burst)(status) && delivered("bus", burst)(status), 200);
    return { megabytes: (await gateway.residentBytes()) / 2 ** 20, startMs: percentile(startMs, 0.5) };
  });
}

/** Sixty-four devices: 32 scales that send every second, the others silent by now. */
export async function crowd(): Promise<{ readonly percent: number; readonly megabytes: number }> {
  const talking = 32;
  return inRoom({ scales: 63, sinks: ["hl7", "mqtt"] }, async (room) => {
    await room.clinic.listen(room.hl7Port);
    const gateway = await room.start();
    await room.scan(gateway);
    const earlier = weights(before);
    room.write(talking, lines(earlier));
    await gateway.until((status) => delivered("ehr", before)(status) && delivered("bus", before)(status), 200);
    let ended = false;
    const talk = Promise.all(Array.from({ length: talking }, (_, i) => talkEachSecond(room, i, () => ended)));
    await sleep(crowdBeforeMs);
    const [began, spent] = [steadyMs(), await gateway.cpuMs()];
    await sleep(crowdMs);
    const used = (await gateway.cpuMs()) - spent;
    const percent = (100 * used) / (steadyMs() - began);
    const megabytes = (await gateway.residentBytes()) / 2 ** 20;
    ended = true;
    const sent = [...earlier, ...(await talk).flat()];
    await gateway.until(delivered("ehr", sent.length));
    const { messages } = await room.clinic.received(sent.length);
    exactly([...sent].sort(), messages.map(({ value }) => value).sort());
    return { percent, megabytes };
  });
}

async function talkEachSecond(room: Room, scale: number, ended: () => boolean): Promise<readonly string[]> {
  const sent: string[] = [];
  // Each begins at another moment of the second.
  await sleep((scale * 1000) / 32);
  for (let n = 1; !ended(); n++) {
    const weight = (scale + 1 + n / 1000).toFixed(3);
    room.write(scale, line(weight));
    sent.push(weight);
    await sleep(1000);
  }
  return sent;
}

function delivered(sink: string, count: number): (status: GatewayStatus) => boolean {
  return ({ counts }) => (counts.deliveries[sink]?.delivered ?? 0) >= count;
}

function exactly(sent: readonly string[], received: readonly string[]): void {
  if (received.length !== sent.length) throw new Error(`${sent.length} readings were sent, ${received.length} came`);
  const at = sent.findIndex((weight, i) => Number(received[i]) !== Number(weight));
  if (at !== -1) throw new Error(`reading ${at + 1} was ${sent[at]}, and ${received[at]} came in its place`);
}

function weightOf(payload: string): string {
  const { observations } = JSON.parse(payload) as { observations: readonly { value: { text: string } }[] };
  return observations.length === 1 ? (observations[0]?.value.text ?? "") : "";
}

function steadyMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
