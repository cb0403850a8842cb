import type { Site } from "../../config/site.ts";
import type { GatewayStatus } from "../../console/answers.ts";
import type { DeviceStatus } from "../../devices/device.ts";
import { closedByFarEnd } from "../../links/socket-connection.ts";
import { type ProblemCode, problems } from "../../model/problem.ts";
import { ask, GatewayProblem } from "../control-client.ts";
import { bad, type Diagnosis, ok, warn } from "./diagnosis.ts";

/**
 * How the running gateway says that it stands with its devices and destinations, and whether it runs what the
 * configuration says, of which `site` is absent where it has mistakes.
 */
export async function diagnoseGateway(socket: string, site: Site | undefined): Promise<readonly Diagnosis[]> {
  try {
    for await (const row of ask(socket, { do: "status" })) return ofStatus(row as GatewayStatus, site);
    return [];
  } catch (error) {
    if (!(error instanceof GatewayProblem)) throw error;
    const found = `none answers (${error.problem.detail ?? socket})`;
    return [warn("gateway", found, "Start it (systemctl start vitalwire), or give its --socket.")];
  }
}

function ofStatus({ devices, sinks, counts, lastGood }: GatewayStatus, site: Site | undefined): readonly Diagnosis[] {
  const stuck = Object.values(counts.deliveries).reduce(
    (sum, { rejected = 0, unsure = 0 }) => sum + rejected + unsure,
    0,
  );
  return [
    ok("gateway", `running, with ${devices.length} devices and ${sinks.length} destinations`),
    ...(lastGood === true ? [onLastGood(site)] : []),
    ...devices.flatMap((status) => {
      const { device, problem } = status;
      if (problem === undefined) return [];
      if (hungUp(status, site)) return [ok(`running device ${device}`, "waiting: it has hung up, and calls again")];
      return [trouble(`running device ${device}`, problem.code, problem.detail)];
    }),
    ...sinks.flatMap(({ sink, code }) => (code === undefined ? [] : [trouble(`running destination ${sink}`, code)])),
    ...(stuck === 0
      ? []
      : [bad("deliveries", `${stuck} wait for a person`, "vitalwire deliveries --state rejected --state unsure")]),
    ...(counts.held === 0 ? [] : [warn("readings", `${counts.held} are held`, "vitalwire readings --held")]),
  ];
}

function onLastGood(site: Site | undefined): Diagnosis {
  const found = "runs on the last good configuration, for the file had mistakes when it started";
  const restart = "sudo systemctl restart vitalwire";
  return bad(
    "gateway",
    found,
    site === undefined ? `Mend the file, then ${restart}` : `The file is mended: ${restart}`,
  );
}

/** An instrument that calls the gateway hangs up when it has said all: its call is over, and nothing is wrong. */
function hungUp({ device, state, problem }: DeviceStatus, site: Site | undefined): boolean {
  const link = site?.devices.find(({ id }) => id === device)?.link;
  const calls = link !== undefined && "listen" in link;
  return calls && state === "waiting" && problem?.code === "LINK_LOST" && problem.detail === closedByFarEnd;
}

function trouble(check: string, code: ProblemCode, detail?: string): Diagnosis {
  const { what, todo } = problems[code];
  return bad(check, `${code}: ${what}${detail === undefined ? "" : ` (${detail})`}`, todo);
}
