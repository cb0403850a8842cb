import type { GatewayStatus } from "../../console/answers.ts";
import { type ProblemCode, problems } from "../../model/problem.ts";
import { ask, GatewayProblem } from "../control-client.ts";
import { bad, type Diagnosis, ok, warn } from "./diagnosis.ts";

/** How the running gateway says that it stands with its devices and destinations. */
export async function diagnoseGateway(socket: string): Promise<readonly Diagnosis[]> {
  try {
    for await (const row of ask(socket, { do: "status" })) return ofStatus(row as GatewayStatus);
    return [];
  } catch (error) {
    if (!(error instanceof GatewayProblem)) throw error;
    const found = `none answers (${error.problem.detail ?? socket})`;
    return [warn("gateway", found, "Start it (systemctl start vitalwire), or give its --socket.")];
  }
}

function ofStatus({ devices, sinks, counts }: GatewayStatus): readonly Diagnosis[] {
  const stuck = Object.values(counts.deliveries).reduce(
    (sum, { rejected = 0, unsure = 0 }) => sum + rejected + unsure,
    0,
  );
  return [
    ok("gateway", `running, with ${devices.length} devices and ${sinks.length} destinations`),
    ...devices.flatMap(({ device, problem }) =>
      problem === undefined ? [] : [trouble(`running device ${device}`, problem.code, problem.detail)],
    ),
    ...sinks.flatMap(({ sink, code }) => (code === undefined ? [] : [trouble(`running destination ${sink}`, code)])),
    ...(stuck === 0
      ? []
      : [bad("deliveries", `${stuck} wait for a person`, "vitalwire deliveries --state rejected --state unsure")]),
    ...(counts.held === 0 ? [] : [warn("readings", `${counts.held} are held`, "vitalwire readings --held")]),
  ];
}

function trouble(check: string, code: ProblemCode, detail?: string): Diagnosis {
  const { what, todo } = problems[code];
  return bad(check, `${code}: ${what}${detail === undefined ? "" : ` (${detail})`}`, todo);
}
