// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "#base";
import type { UsableAccessKey } from "#database";
import type { LoginThrottle } from "../login-throttle.ts";
import type { AccessKeyCheck } from "./access-key-check.ts";
import { type AccessKeyPair, isAccessKey } from "./access-key-pair.ts";
import type { LoginRecord } from "./login-record.ts";

/** Where a request came from. */
export interface LoginOrigin {
  readonly requestId: string;
  readonly remoteAddress: string;
}

/** `waitSeconds`: too many failed attempts, nothing was checked. `idle`: see `AccessKeyCheck.check`. */
export type AccessKeyAnswer = UsableAccessKey | "wrong" | "idle" | { readonly waitSeconds: number };

export interface AccessKeyLoginOptions {
  readonly check: AccessKeyCheck;
  readonly throttle: LoginThrottle;
  readonly record: LoginRecord;
  readonly clock: Clock;
}

/**
 * Signs in by access key. Nobody guesses a secret of 256 bits; the throttle keeps whoever tries from filling the audit log and
 * asking the database each time. A key that is known costs neither, so a push that sends it hundreds of times is not slowed down.
 */
export async function loginByAccessKey(
  { check, throttle, record, clock }: AccessKeyLoginOptions,
  pair: AccessKeyPair,
  origin: LoginOrigin,
): Promise<AccessKeyAnswer> {
  const { accessKey } = pair;
  const { remoteAddress } = origin;
  const isCounted = !check.isKnown(accessKey);
  const waitSeconds = isCounted ? throttle.begin(accessKey, remoteAddress, clock.now()) : 0;
  if (waitSeconds > 0) {
    return { waitSeconds };
  }
  const answer = isAccessKey(accessKey) ? await check.check(pair) : "unknown";
  if (typeof answer === "object") {
    if (isCounted) {
      throttle.succeed(accessKey, remoteAddress);
    }
    await record.succeeded({ ...origin, actor: answer.account.name, accessKey });
    return answer;
  }
  const wait = isCounted ? 0 : throttle.begin(accessKey, remoteAddress, clock.now());
  if (wait > 0) {
    return { waitSeconds: wait };
  }
  // What does not look like a key may be anything, even a password; a key that was disabled is worth knowing.
  await record.failed({ ...origin, target: isAccessKey(accessKey) ? accessKey : undefined });
  return answer === "idle" ? "idle" : "wrong";
}
