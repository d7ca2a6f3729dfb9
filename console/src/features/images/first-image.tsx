// SPDX-License-Identifier: Apache-2.0
import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { sessionQuery, statusQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { Command } from "../../components/command.tsx";
import { QueryState } from "../../components/page-state.tsx";
import { firstPushCommands } from "./model.ts";

/** What an empty registry shows: the very commands that fill it. */
export function FirstImage() {
  const text = useText();
  const status = useQuery(statusQuery());
  const session = useQuery(sessionQuery());
  const name = session.data?.name ?? "";
  return (
    <QueryState query={status}>
      {({ registry }) => {
        const commands = firstPushCommands(registry, name);
        return (
          <Stack className="panel" p="xl" gap="sm" maw={860}>
            <Title order={2} size="h4">
              {text("console.images.empty")}
            </Title>
            <Text c="dimmed">{text("console.images.emptyHint")}</Text>
            <Command line={commands.login} />
            <Command line={commands.fromRegistry} />
            <Text c="dimmed" size="sm">
              {text("console.images.emptyAccount", { command: "skopeo login", name })}
            </Text>
            <Text c="dimmed" mt="sm">
              {text("console.images.emptyAlternative")}
            </Text>
            <Command line={commands.fromFolder} />
          </Stack>
        );
      }}
    </QueryState>
  );
}
