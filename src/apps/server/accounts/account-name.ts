// SPDX-License-Identifier: Apache-2.0
import { isAccessKey } from "./access-key-pair.ts";

/** Letters and digits of any script, no colon (Basic), nothing that a shell or a page would read otherwise. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u;
/** Names under which the server itself acts: an account of that name would hide behind them in the audit log. */
const RESERVED = new Set([
  ...["anonymous", "local-operator", "haechi-gate", "haechi", "system", "registry"],
  // what makes jobs and changes content by itself
  ...["event", "schedule", "retention", "proxy-cache", "replication"],
]);

/** Whether somebody may be called that. */
export function isAccountName(name: string): boolean {
  return NAME.test(name) && !RESERVED.has(name.toLowerCase()) && !isAccessKey(name);
}
