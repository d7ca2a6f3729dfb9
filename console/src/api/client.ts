// SPDX-License-Identifier: Apache-2.0
import type { Operations } from "./generated/api.ts";

type Key = keyof Operations;

/** What a request may carry. */
type Input<K extends Key> = {
  readonly signal?: AbortSignal;
} & (Record<string, never> extends Operations[K]["query"]
  ? { readonly query?: Operations[K]["query"] }
  : { readonly query: Operations[K]["query"] }) &
  (undefined extends Operations[K]["body"] ? unknown : { readonly body: Operations[K]["body"] });

/** An answer that is not what was asked for. `code` is `UNREACHABLE` when there was no answer. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(failure: {
    readonly code: string;
    readonly status: number;
    readonly message: string;
    readonly requestId?: string | undefined;
    readonly retryAfterSeconds?: number | undefined;
  }) {
    super(failure.message);
    this.code = failure.code;
    this.status = failure.status;
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
  }
}

/** Calls an operation of the API; rejects with {@link ApiFailure}. */
export async function callApi<K extends Key>(key: K, input: Input<K>): Promise<Operations[K]["result"]> {
  const [method = "GET", path = ""] = key.split(" ");
  const { query, body, signal } = input as { query?: object; body?: object; signal?: AbortSignal };
  let answer: Response;
  try {
    answer = await fetch(path + renderQuery(query ?? {}), {
      method,
      credentials: "same-origin",
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (signal?.aborted === true) {
      throw error;
    }
    throw new ApiFailure({ code: "UNREACHABLE", status: 0, message: String(error) });
  }
  if (!answer.ok) {
    throw await readFailure(answer);
  }
  return answer.status === 204 ? undefined : await answer.json();
}

function renderQuery(query: object): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

async function readFailure(answer: Response): Promise<ApiFailure> {
  const body: unknown = await answer.json().catch(() => undefined);
  const error = (body as { error?: { code?: unknown; message?: unknown; requestId?: unknown } } | undefined)?.error;
  const retryAfter = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return new ApiFailure({
    code: typeof error?.code === "string" ? error.code : "UNEXPECTED",
    status: answer.status,
    message: typeof error?.message === "string" ? error.message : `status ${answer.status}`,
    requestId: typeof error?.requestId === "string" ? error.requestId : undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  });
}
