// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { callApi } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { useFailureText } from "../../components/use-failure-text.ts";
import { mayRescan } from "./model.ts";

/** Asks for a new scan, or stops those that are not over; who may not, does not see it. */
export function ScanButton({ image, isOpen }: { readonly image: string; readonly isOpen: boolean }) {
  const text = useText();
  const failureText = useFailureText();
  const queries = useQueryClient();
  const session = useQuery(sessionQuery());
  const act = useMutation({
    mutationFn: async () => {
      await (isOpen
        ? callApi("DELETE /api/v1/image/scan", { query: { image } })
        : callApi("POST /api/v1/image/scan", { body: { image } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["image"] }),
  });
  if (!mayRescan(session.data?.role)) {
    return null;
  }
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {act.error === null ? "" : failureText(act.error)}
      </Text>
      <Button variant="default" onClick={() => act.mutate()} loading={act.isPending}>
        {text(isOpen ? "console.scanning.stop" : "console.image.rescan")}
      </Button>
    </Group>
  );
}
