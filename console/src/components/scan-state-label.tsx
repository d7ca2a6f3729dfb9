// SPDX-License-Identifier: Apache-2.0
import { Loader } from "@mantine/core";
import type { ScanState } from "../api/generated/api.ts";
import { useText } from "../app/language.tsx";

/** Where the scan of an image stands. */
export function ScanStateLabel({ state }: { readonly state: ScanState }) {
  const text = useText();
  return (
    <span className="scan-state">
      {state === "running" || state === "pending" ? <Loader size={12} aria-hidden="true" /> : null}
      {text(`console.scan.${state}`)}
    </span>
  );
}
