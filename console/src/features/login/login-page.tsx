// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { callApi } from "../../api/client.ts";
import { loginMethodsQuery } from "../../api/queries.ts";
import { DisplayControls } from "../../app/display-controls.tsx";
import { useText } from "../../app/language.tsx";
import { usePageTitle } from "../../app/use-page-title.ts";
import { BrandMark } from "../../components/brand-mark.tsx";
import { FormError } from "./form-error.tsx";

/** Signing in. */
export function LoginPage() {
  const text = useText();
  usePageTitle(text("console.login.title"));
  const queries = useQueryClient();
  const oidc = useQuery(loginMethodsQuery()).data?.oidc;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => callApi("POST /api/v1/session", { body: { name, password } }),
    onSuccess: (session) => queries.setQueryData(["session"], session),
    onError: () => setPassword(""),
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    login.mutate();
  }
  return (
    <main className="login-page">
      <Paper className="panel" p="xl" w="100%" maw={420} radius="lg">
        <form onSubmit={submit}>
          <Stack gap="md">
            <Stack gap={4} align="center">
              <BrandMark size={56} />
              <Title order={1} size="h3">
                {text("console.login.title")}
              </Title>
              <Text size="sm" c="dimmed">
                {text("console.tagline")}
              </Text>
            </Stack>
            <FormError error={login.error} />
            <TextInput
              label={text("console.login.name")}
              name="username"
              autoComplete="username"
              autoFocus
              required
              withAsterisk={false}
              maxLength={128}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label={text("console.login.password")}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" loading={login.isPending} fullWidth>
              {text("console.login.submit")}
            </Button>
            {oidc === undefined ? null : (
              <Button component="a" href={oidc.url} variant="default" fullWidth>
                {text("console.login.oidc", { provider: oidc.name })}
              </Button>
            )}
            <Text size="xs" c="dimmed">
              {text("console.login.firstHint")}
            </Text>
          </Stack>
        </form>
      </Paper>
      <Group gap="sm" mt="md">
        <DisplayControls />
      </Group>
    </main>
  );
}
