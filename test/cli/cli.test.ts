import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { runCli } from "./run-cli.ts";

describe("help", () => {
  test("names every command with its summary", async () => {
    const { code, out } = await runCli(["--help"]);
    expect(code).toBe(0);
    for (const name of Object.keys(commands)) expect(out).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
  });

  test.each(Object.keys(commands))("of %s has usage, options, examples and exit codes", async (name) => {
    const [asked, helped] = [await runCli([name, "--help"]), await runCli(["help", name])];
    expect(asked.code).toBe(0);
    expect(asked.out).toBe(helped.out);
    for (const part of [`vitalwire ${name} – `, "Usage: ", "Options:", "--help", "Examples:", "Exit codes:"])
      expect(asked.out).toContain(part);
  });

  test("is shown where no command is given, and that is a usage error", async () => {
    expect(await runCli([])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("Usage: vitalwire COMMAND"),
    });
  });
});

describe("a command line that is not understood", () => {
  test("names the command that was meant", async () => {
    const { code, err } = await runCli(["chekc"]);
    expect(code).toBe(2);
    expect(err).toContain("There is no command “chekc”. Did you mean “check”?");
    expect(err).toContain("USAGE");
  });

  test("names the unknown option and the usage", async () => {
    const { code, err } = await runCli(["check", "--colour"]);
    expect(code).toBe(2);
    expect(err).toContain("Unknown option '--colour'");
    expect(err).toContain("Usage: vitalwire check [FILE]");
  });

  test("names what is missing of it", async () => {
    expect((await runCli(["replay"])).err).toContain("replay needs FILE….");
    expect((await runCli(["simulate", "--pty", "/tmp/x"])).err).toContain("simulate needs PROFILE.");
    expect((await runCli(["listen"])).err).toContain("listen needs hl7|mqtt.");
  });

  test("is a JSON object on stderr with --json", async () => {
    const { code, out, err } = await runCli(["check", "a", "b", "--json"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(JSON.parse(err)).toMatchObject({
      code: "USAGE",
      detail: expect.stringContaining("“b” is one word too many"),
    });
  });

  test("is not a name that every object has", async () => {
    expect((await runCli(["constructor"])).code).toBe(2);
  });
});

test("the version is that of the package", async () => {
  expect((await runCli(["--version"])).out).toMatch(/^vitalwire \d+\.\d+\.\d+\n$/);
});
