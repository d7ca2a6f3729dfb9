// SPDX-License-Identifier: Apache-2.0
import { useText } from "../app/language.tsx";

/** What stands in place of a verdict beside something that is no container image: neither a warning nor a promise. */
export function ArtifactBadge() {
  const text = useText();
  return <span className="verdict artifact">{text("console.artifact.label")}</span>;
}
