// SPDX-License-Identifier: Apache-2.0
import { Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { callApi } from "../api/client.ts";
import type { Session } from "../api/generated/api.ts";
import { useText } from "./language.tsx";

/** Who is signed in, changing the password, signing out. */
export function AccountMenu({ session }: { readonly session: Session }) {
  const text = useText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const logout = useMutation({
    mutationFn: () => callApi("DELETE /api/v1/session", {}),
    // Nothing that this person saw stays in memory for the next one.
    onSettled: () => {
      queries.clear();
      void queries.resetQueries();
      window.location.assign("/");
    },
  });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button
          variant="default"
          size="compact-md"
          aria-label={text("console.account", { name: session.name })}
          rightSection={<span aria-hidden="true">▾</span>}
        >
          {session.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text(`console.role.${session.role}`)}</Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: "/password" })}>
          {text("console.account.changePassword")}
        </Menu.Item>
        <Menu.Item onClick={() => logout.mutate()}>{text("console.account.logout")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
