// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useText } from "../app/language.tsx";

/** A command line to copy. */
export function Command({ line }: { readonly line: string }) {
  const text = useText();
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <div className="command">
      <code>{line}</code>
      <Button
        size="compact-xs"
        variant="white"
        color="dark"
        onClick={() => clipboard.copy(line)}
        aria-label={text("console.copy")}
      >
        {clipboard.copied ? text("console.copied") : text("console.copy")}
      </Button>
    </div>
  );
}
