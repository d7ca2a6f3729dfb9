// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { objectName } from "./policy-schema.ts";
import type { PolicySecret } from "./policy-secret.ts";

const MAX_FIELDS = 100;

const field = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/, "expected a name of letters, digits, '-', '_' and '.'");
/** RFC 4648 section 4; line breaks are what YAML's block scalars leave. */
const base64 = z.string().regex(/^[A-Za-z0-9+/\s]*={0,2}\s*$/, "expected base64 (for plain text use stringData)");

/** A Secret that stands beside the policies which name it; what it says about anything else is of no interest. */
export const secretSchema: z.ZodType<PolicySecret> = z
  .looseObject({
    apiVersion: z.literal("v1"),
    kind: z.literal("Secret"),
    metadata: z.looseObject({ name: objectName, namespace: objectName.optional() }),
    data: z.record(field, base64).nullish(),
    stringData: z.record(field, z.string()).nullish(),
  })
  .transform(({ metadata, data, stringData }): PolicySecret => {
    const decoded = Object.entries(data ?? {}).map(([name, value]) => [name, decode(value)] as const);
    const { name, namespace } = metadata;
    return {
      ...(namespace === undefined ? {} : { namespace }),
      name,
      // As the API server: stringData wins.
      data: Object.fromEntries([...decoded, ...Object.entries(stringData ?? {})].slice(0, MAX_FIELDS)),
    };
  });

/** Binary key rings stay base64, which is how `#simple-signing` takes them. */
function decode(value: string): string {
  const compact = value.replaceAll(/\s+/g, "");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(compact, "base64"));
  } catch {
    return compact;
  }
}
