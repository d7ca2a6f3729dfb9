// SPDX-License-Identifier: Apache-2.0
import type { StoredRunningImage } from "#database";
import { createTranslate, type Language } from "#messages";
import type { RunningImageBody } from "../schemas/running.ts";
import { pulledFrom, type RegistryNames } from "./pulled-from.ts";
import { toVerdictBody } from "./verdict-body.ts";

/** The row with its sentences, without the pods. */
export function toRunningImageBody(
  image: StoredRunningImage,
  language: Language,
  names: RegistryNames,
): RunningImageBody {
  const { pods: _pods, verdict, announced: _announced, standing, ...rest } = image;
  return {
    ...rest,
    from: pulledFrom(rest.reference, names),
    standing,
    exceptions: verdict?.exceptions ?? [],
    ...(standing === "admitted" || standing === "pending"
      ? {}
      : { neverAdmitted: createTranslate(language)(`controller.neverAdmitted.${standing}`) }),
    ...(verdict === undefined ? {} : { verdict: toVerdictBody(verdict, language) }),
  };
}
