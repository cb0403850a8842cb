import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationMs } from "../../src/config/duration.ts";
import { nearest } from "../../src/config/nearest.ts";
import { configPath, statePath } from "../../src/config/paths.ts";
import { pathText } from "../../src/config/remark.ts";

test("durations are milliseconds", () => {
  expect(["500ms", "30s", "5m", "48h", "2d"].map(durationMs)).toEqual([500, 30_000, 300_000, 172_800_000, 172_800_000]);
  expect(() => durationMs("5 minutes")).toThrow(RangeError);
});

describe("the word that was meant", () => {
  test("is found over a swap, a case and a missing letter", () => {
    expect(nearest("serail", ["serial", "usb"])).toBe("serial");
    expect(nearest("baudrate", ["baudRate", "dataBits"])).toBe("baudRate");
    expect(nearest("devies", ["devices", "places"])).toBe("devices");
  });

  test("is not guessed where nothing is near", () => {
    expect(nearest("colour", ["serial", "usb", "tcp"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  test("is a known word whatever was written", () => {
    const known = ["serial", "usb", "tcp", "listen", "file"];
    fc.assert(
      fc.property(fc.string(), (word) => {
        const found = nearest(word, known);
        return found === undefined || known.includes(found);
      }),
    );
  });
});

test("paths read as one would write them", () => {
  expect(pathText(["devices", 0, "link", "serial"])).toBe("devices[0].link.serial");
  expect(pathText(["channels", "W", "units", "mm Hg"])).toBe('channels.W.units["mm Hg"]');
});

test("the configuration is the one given, the environment's, or the installed one", () => {
  expect(configPath("a.yaml", { VITALWIRE_CONFIG: "/e.yaml" }, "/home/x")).toBe("/home/x/a.yaml");
  expect(configPath(undefined, { VITALWIRE_CONFIG: "/e.yaml" }, "/home/x")).toBe("/e.yaml");
  expect(configPath(undefined, {}, "/home/x")).toBe("/etc/vitalwire/site.yaml");
});

test("the state folder is the site's, systemd's, or the installed one", () => {
  expect(statePath("state", "/etc/vitalwire", {})).toBe("/etc/vitalwire/state");
  expect(statePath(undefined, "/x", { STATE_DIRECTORY: "/var/lib/vw:/b" })).toBe("/var/lib/vw");
  expect(statePath(undefined, "/x", {})).toBe("/var/lib/vitalwire");
});
