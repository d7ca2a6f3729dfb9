// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { callApi } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { BrandMark } from "../../components/brand-mark.tsx";
import { FormError } from "./form-error.tsx";
import { findPasswordFault } from "./model.ts";

/** Changing one's password: by choice, or because the first one was made by the server. */
export function PasswordPage() {
  const text = useText();
  usePageTitle(text("console.password.title"));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery());
  const [form, setForm] = useState({ current: "", next: "", repeated: "" });
  const isForced = session.data?.mustChangePassword === true;
  const change = useMutation({
    mutationFn: () =>
      callApi("POST /api/v1/session/password", {
        body: { currentPassword: form.current, newPassword: form.next },
      }),
    onSuccess: async (changed) => {
      queries.setQueryData(["session"], changed);
      if (!isForced || window.location.pathname === "/password") {
        await navigate({ to: "/images" });
      }
    },
  });
  const fault = findPasswordFault(form);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (fault === undefined) {
      change.mutate();
    }
  }
  const faultText = fault === undefined || fault === "mismatch" ? undefined : text(`console.error.${fault}`);
  return (
    <main className="login-page">
      <Paper className="panel" p="xl" w="100%" maw={460} radius="lg">
        <form onSubmit={submit}>
          <Stack gap="md">
            <Stack gap={4} align="center">
              <BrandMark size={48} />
              <Title order={1} size="h3">
                {text("console.password.title")}
              </Title>
            </Stack>
            {isForced ? (
              <Alert color="yellow" variant="light">
                {text("console.password.forced")}
              </Alert>
            ) : null}
            <FormError error={change.error} />
            {/* Password managers look for the name beside the passwords. */}
            <input
              type="text"
              name="username"
              autoComplete="username"
              value={session.data?.name ?? ""}
              readOnly
              hidden
            />
            <PasswordInput
              label={text("console.password.current")}
              autoComplete="current-password"
              autoFocus
              required
              withAsterisk={false}
              value={form.current}
              onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
            />
            <PasswordInput
              label={text("console.password.next")}
              description={text("console.password.nextHint")}
              autoComplete="new-password"
              required
              withAsterisk={false}
              value={form.next}
              error={faultText}
              onChange={(event) => setForm({ ...form, next: event.currentTarget.value })}
            />
            <PasswordInput
              label={text("console.password.repeat")}
              autoComplete="new-password"
              required
              withAsterisk={false}
              value={form.repeated}
              error={fault === "mismatch" ? text("console.password.mismatch") : undefined}
              onChange={(event) => setForm({ ...form, repeated: event.currentTarget.value })}
            />
            <Button type="submit" loading={change.isPending} disabled={fault !== undefined} fullWidth>
              {text("console.password.submit")}
            </Button>
            {isForced ? null : (
              <Button variant="default" fullWidth onClick={() => void navigate({ to: "/images" })}>
                {text("console.password.cancel")}
              </Button>
            )}
            <Text size="xs" c="dimmed">
              {text("console.password.otherSessions")}
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
