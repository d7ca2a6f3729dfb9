// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { isRepositoryPrefix, isUnderPrefix } from "./repository-prefix.ts";

/** What receivers can be told of; the type of the CloudEvent is this after `dev.haechi.`. */
export const WEBHOOK_EVENTS = [
  "image.pushed",
  "image.pulled",
  "image.deleted",
  "pull.denied",
  "image.scanned",
  "image.scan_failed",
  "quota.reached",
  "job.finished",
  "job.failed",
  "approval.requested",
  "blob.damaged",
  "key.due",
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Where events are sent. Nothing in it is secret: the key that signs them is kept elsewhere. */
export interface Webhook {
  /** For people. */
  readonly description?: string;
  readonly url: string;
  /** Default: all but `image.pulled`. */
  readonly events?: readonly WebhookEvent[];
  /** Only what concerns repositories under it; default, and empty: everything. */
  readonly prefix?: string;
  readonly isEnabled: boolean;
  /** Whether events may go without TLS to another machine; default false. */
  readonly isPlainHttp?: boolean;
  /** PEM certificates that the receiver is trusted by, beside the usual ones. */
  readonly certificateAuthority?: string;
}

/** With the time since which it is in force: nothing that happened before is sent. */
export interface StoredWebhook extends Webhook {
  /** RFC 3339. */
  readonly since: string;
}

const MAX_URL = 2_048;
const MAX_PEM = 65_536;
const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

const fields = {
  description: z.string().max(1_024).exactOptional().describe("For people."),
  url: z.string().max(MAX_URL).refine(isHttpUrl, "expected an http or https URL without credentials and fragment"),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .max(WEBHOOK_EVENTS.length)
    .exactOptional()
    .describe("What is told; default all but image.pulled."),
  prefix: z
    .string()
    .refine(isRepositoryPrefix, "expected the beginning of the name of a repository")
    .exactOptional()
    .describe("Only what concerns repositories under it; default everything."),
  isEnabled: z.boolean(),
  isPlainHttp: z
    .boolean()
    .exactOptional()
    .describe("Whether events may go without TLS to another machine; default false."),
  certificateAuthority: z
    .string()
    .max(MAX_PEM)
    .startsWith("-----BEGIN CERTIFICATE-----")
    .exactOptional()
    .describe("PEM certificates that the receiver is trusted by, beside the usual ones."),
};

/** What may be written; unknown fields are refused, since they are spelling mistakes. */
export const webhookSchema: z.ZodType<Webhook> = z.strictObject(fields).refine(isProtected, {
  path: ["url"],
  message: "expected https, or isPlainHttp: true (--receiver-plain-http)",
});

const storedSchema: z.ZodType<StoredWebhook> = z.strictObject({ ...fields, since: z.iso.datetime() });

/** The webhook in a document; `undefined` for one that cannot be read, such as that of a newer version. Never throws. */
export function parseWebhook(document: unknown): StoredWebhook | undefined {
  const parsed = storedSchema.safeParse(document);
  return parsed.success ? parsed.data : undefined;
}

/** Whether the receiver wants to know. What concerns no repository is only told to receivers of everything. */
export function isWantedBy(
  webhook: StoredWebhook,
  event: { readonly type: WebhookEvent; readonly repositories: readonly string[]; readonly at: string },
): boolean {
  const { events, prefix = "", since, isEnabled } = webhook;
  const isAsked = events === undefined ? event.type !== "image.pulled" : events.includes(event.type);
  const isInScope = prefix === "" || event.repositories.some((repository) => isUnderPrefix(prefix, repository));
  return isEnabled && isAsked && isInScope && Date.parse(event.at) >= Date.parse(since);
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.hash === ""
  );
}

/** Events name people and images: without TLS they stay on this machine, unless somebody said otherwise. */
function isProtected({ url, isPlainHttp }: { readonly url: string; readonly isPlainHttp?: boolean }): boolean {
  const parsed = URL.parse(url);
  return parsed === null || parsed.protocol === "https:" || isPlainHttp === true || LOOPBACK.test(parsed.hostname);
}
