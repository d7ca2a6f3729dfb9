// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { callApi } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { useFailureText } from "../../components/use-failure-text.ts";
import { mayRescan } from "./model.ts";

/** Asks for a new scan; who may not, does not see it. */
export function RescanButton({ image }: { readonly image: string }) {
  const text = useText();
  const failureText = useFailureText();
  const queries = useQueryClient();
  const session = useQuery(sessionQuery());
  const rescan = useMutation({
    mutationFn: () => callApi("POST /api/v1/image/rescan", { body: { image } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["image"] }),
  });
  if (!mayRescan(session.data?.role)) {
    return null;
  }
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {rescan.isSuccess ? text("console.image.rescanRequested") : ""}
        {rescan.error === null ? "" : failureText(rescan.error)}
      </Text>
      <Button variant="default" onClick={() => rescan.mutate()} loading={rescan.isPending}>
        {text("console.image.rescan")}
      </Button>
    </Group>
  );
}
