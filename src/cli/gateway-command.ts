import { type Exit, exit, type Surroundings } from "./command.ts";
import { GatewayProblem } from "./control-client.ts";
import type { Output } from "./output.ts";

/** Where the running gateway listens: as told, or as installed. */
export function socketPath(values: { readonly socket?: string }, around: Pick<Surroundings, "env">): string {
  return values.socket ?? around.env["VITALWIRE_SOCKET"] ?? "/run/vitalwire/control.sock";
}

/** Runs what asks a gateway, and turns its refusal into the operator's words and an exit code. */
export async function gatewayCommand(call: { readonly output: Output }, run: () => Promise<Exit>): Promise<Exit> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GatewayProblem)) throw error;
    call.output.problem(error.problem);
    return error.problem.code === "GATEWAY_ABSENT" ? exit.absent : exit.found;
  }
}
