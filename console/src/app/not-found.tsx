// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { Notice } from "../components/page-state.tsx";
import { useText } from "./language.tsx";
import { usePageTitle } from "./use-page-title.ts";

/** The page for an address that means nothing. */
export function NotFound() {
  const text = useText();
  usePageTitle(text("console.state.notFound"));
  return (
    <Notice title={text("console.state.notFound")} hint={text("console.state.notFoundHint")}>
      <Button component="a" href="/images" variant="default" mt="sm">
        {text("console.state.toImages")}
      </Button>
    </Notice>
  );
}
