// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from "#base";
import { Deadline } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import type { KubeEvent, KubeListPlace, KubeWatchOptions } from "./kube-client.ts";
import { type KubeConnection, unreachable } from "./kube-connection.ts";
import { kubePath } from "./kube-path.ts";
import { asKubeObject, asRecord, parseJson, statusError, toKubeError } from "./read-answer.ts";
import { readLines } from "./read-lines.ts";
import { resourceName } from "./resources.ts";

const TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/** See {@link KubeClient.watch}. */
export async function* openWatch(
  connection: KubeConnection,
  place: KubeListPlace,
  options: KubeWatchOptions,
  limits: Pick<typeof LIMITS, "maxKubeObjectBytes"> = LIMITS,
): AsyncGenerator<KubeEvent> {
  const { resourceVersion, silenceMs, timeoutSeconds } = options;
  const { server } = connection;
  const what = `watch of ${resourceName(place.resource)}`;
  const isSecret = place.resource.plural === "secrets";
  using deadline = new Deadline(
    silenceMs,
    options.signal,
    () => new KubeError("SILENT", `${what}: no byte from ${server} for ${silenceMs} ms`),
  );
  const path = kubePath(place, {
    ...options.query,
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
  });
  const answer = await connection.send({ method: "GET", path }, deadline);
  // Whoever stops reading closes the connection: there is no other way to end a watch.
  using _closing = { [Symbol.dispose]: () => void answer.destroy() };
  if (answer.statusCode !== 200) {
    throw await statusError(answer, { what, server, deadline, maxBytes: 0, isSecret });
  }
  options.onContact?.();

  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      deadline.extend();
      options.onContact?.();
      yield chunk;
    }
  }
  try {
    for await (const line of readLines(chunks(), limits.maxKubeObjectBytes)) {
      yield toEvent(parseJson(line, what), what, isSecret);
    }
  } catch (error) {
    throw deadline.error ?? unreachable(server, error);
  }
  if (deadline.error !== undefined) {
    throw deadline.error;
  }
}

function toEvent(value: unknown, what: string, isSecret: boolean): KubeEvent {
  const { type, object } = asRecord(value);
  if (type === "ERROR") {
    const { code } = asRecord(object);
    throw toKubeError({ status: typeof code === "number" ? code : 0, said: object, what, isSecret });
  }
  if (!TYPES.has(type)) {
    throw new KubeError("ANSWER_INVALID", `${what}: expected an event`);
  }
  if (type === "BOOKMARK") {
    const { resourceVersion } = asRecord(asRecord(object)["metadata"]);
    if (typeof resourceVersion !== "string") {
      throw new KubeError("ANSWER_INVALID", `${what}: expected a bookmark with a resourceVersion`);
    }
    return { type: "BOOKMARK", object: { metadata: { name: "", resourceVersion } } };
  }
  return { type: type as KubeEvent["type"], object: asKubeObject(object, what) };
}
