import { expect, test } from "vitest";
import { sum8 } from "../../src/driver-kit/checksums.ts";
import type { Session } from "../../src/driver-kit/contract.ts";
import { bytesOf } from "../../src/driver-kit/text.ts";
import { driverFolders } from "../kit/drivers.ts";

const folders = await driverFolders();

function sessionOf(driverId: string): Session {
  const folder = folders.find(({ id }) => id === driverId);
  const profile = folder?.profiles[0];
  if (folder?.driver === undefined || profile === undefined) throw new Error(`there is no driver ${driverId}`);
  return folder.driver.session(folder.driver.options.parse(profile.options));
}

function findingsOf(driverId: string, ...chunks: readonly string[]) {
  const session = sessionOf(driverId);
  const actions = [
    ...session.handle({ on: "open" }),
    ...chunks.flatMap((chunk) => [...session.handle({ on: "data", bytes: bytesOf(chunk) })]),
    ...session.handle({ on: "wake" }),
  ];
  return actions.flatMap((action) => (action.do === "report" ? action.findings : []));
}

function minividas(...fields: readonly string[]): string {
  const block = `\x02\x1e${fields.map((field) => `${field}|`).join("\x1e")}\x1d`;
  return `${block}${sum8(bytesOf(block.slice(1)))
    .toString(16)
    .padStart(2, "0")}`;
}

function spotchem(time: string): string {
  const column = `Na${"140".padStart(10)}  mmol/L `;
  return `\x02${time} ID# ${"".padEnd(11)}[B. Plasma] ${column}${`K${"4.1".padStart(11)}  mmol/L `}${`Cl${"102".padStart(10)}  mmol/L `}\x03`;
}

function poct1(type: string, id: string, body: string): string {
  const header = `<HDR><HDR.message_type V="${type}"/><HDR.control_id V="${id}"/><HDR.version_id V="POCT1"/></HDR>`;
  return `<?xml version="1.0" encoding="utf-8"?><${type}>${header}${body}</${type}>`;
}

function ofPatient(patient: string, time: string, more = ""): string {
  const value = `<OBS><OBS.observation_id V="HbA1c"/><OBS.value V="5.4" U="%"/><OBS.method_cd V="M"/></OBS>`;
  const service = `<SVC.role_cd V="OBS"/><SVC.observation_dttm V="${time}"/>${more}<SVC.reason_cd V="NEW"/>`;
  return poct1("OBS.R01", "2", `<SVC>${service}<PT><PT.patient_id V="${patient}"/>${value}</PT></SVC>`);
}

const hello = poct1("HEL.R01", "1", `<DEV><DEV.device_id V="S01"/><DEV.serial_id V="S01"/></DEV>`);

test.each([
  ["minividas", [minividas("mtrsl", "rtHBCT", "td11/23/26", "qlPositif", "qn0.05")]],
  ["minividas", [minividas("mtrsl", "rtHBCT", "td00/00/00", "tt00:00", "qlPositif", "qn0.05")]],
  ["spotchem-el", [spotchem("00/00/00 00:00")]],
  ["poct1-a", [hello, ofPatient("P0001", "2026-11-23")]],
])("an equal result with no more than a date may be another's: %s %#", (driver, chunks) => {
  const findings = findingsOf(driver, ...chunks);
  expect(findings.length).toBeGreaterThan(0);
  for (const finding of findings) expect(finding).toMatchObject({ mayRecur: true });
});

test("a result with its minute is told apart by it", () => {
  const findings = findingsOf("minividas", minividas("mtrsl", "rtHBCT", "td11/23/26", "tt14:05", "qlPositif"));
  expect(findings.length).toBeGreaterThan(0);
  for (const finding of findings) expect(finding).not.toHaveProperty("mayRecur");
});

test("two patients' equal results are two, also under one number without a time", () => {
  const of = (patient: string) => findingsOf("poct1-a", hello, ofPatient(patient, "", '<SVC.sequence_nbr V="1"/>'));
  const [one, other] = [of("P0001"), of("P0002")];
  expect(one).toHaveLength(1);
  expect(one[0]?.identity).not.toBe(other[0]?.identity);
});
