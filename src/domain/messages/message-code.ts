// SPDX-License-Identifier: Apache-2.0
import type { MessageId } from "./catalogue.ts";

/** What stands behind a prefix in ids of messages, e.g. of `registryTransfer.note`: codes that have a sentence in every language. */
export type MessageCode<Prefix extends string> = MessageId extends infer Id
  ? Id extends `${Prefix}.${infer Code}`
    ? Code
    : never
  : never;
