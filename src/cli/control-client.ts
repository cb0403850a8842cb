import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import type { Reply, Request } from "../console/requests.ts";
import { type Problem, type ProblemCode, problems } from "../model/problem.ts";

/** What a gateway, or the way to it, answered instead of rows. */
export class GatewayProblem extends Error {
  override readonly name = "GatewayProblem";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problems[problem.code].what);
    this.problem = problem;
  }
}

/** Defaults left out: the gateway fills them in. */
export type Asked = { [R in Request as R["do"]]: Omit<R, "limit"> & { limit?: number } }[Request["do"]];

/**
 * Asks the running gateway and yields the rows of its answer. Throws {@link GatewayProblem} with GATEWAY_ABSENT when
 * none listens at the socket, or with what the gateway said.
 */
export async function* ask(socketPath: string, request: Asked, stop?: AbortSignal): AsyncGenerator<unknown> {
  if (stop?.aborted) return;
  const socket = createConnection(socketPath);
  const lines = createInterface({ input: socket });
  // A destroyed socket does not end, and whoever reads its lines would wait for ever.
  const end = (): void => {
    lines.close();
    socket.destroy();
  };
  stop?.addEventListener("abort", end, { once: true });
  let failure: Error | undefined;
  socket.on("error", (error) => {
    failure = error;
  });
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of lines) {
      const reply = JSON.parse(line) as Reply;
      if ("end" in reply) return;
      if ("problem" in reply) throw new GatewayProblem(problemOf(reply.problem));
      yield reply.row;
    }
    if (!stop?.aborted) throw absent("It closed the connection.");
  } catch (error) {
    // Reading lines rejects with the socket's own error.
    if (failure === undefined || error !== failure) throw error;
    if (!stop?.aborted) throw absent(`${socketPath}: ${failure.message}${permission(failure)}`);
  } finally {
    stop?.removeEventListener("abort", end);
    socket.destroy();
  }
}

/** It may well run, and this user may not ask it. */
function permission(failure: Error): string {
  if (!("code" in failure) || failure.code !== "EACCES") return "";
  return "\nIts group alone may ask it: use sudo, or join the group (sudo usermod -aG vitalwire NAME) and log in again.";
}

function absent(detail: string): GatewayProblem {
  return new GatewayProblem({ code: "GATEWAY_ABSENT", detail });
}

function problemOf(problem: { readonly code: string; readonly detail?: string }): Problem {
  const code = Object.hasOwn(problems, problem.code) ? (problem.code as ProblemCode) : "USAGE";
  return { code, ...(problem.detail === undefined ? {} : { detail: problem.detail }) };
}
