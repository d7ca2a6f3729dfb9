// SPDX-License-Identifier: Apache-2.0
import { useDocumentTitle } from "@mantine/hooks";
import { useText } from "./language.tsx";

/** Names the page in the browser's tab and history. */
export function usePageTitle(name: string): void {
  const text = useText();
  useDocumentTitle(`${name} · ${text("console.title")}`);
}
