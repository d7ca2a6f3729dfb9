// SPDX-License-Identifier: Apache-2.0
import { AppShell, Burger, Group, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { sessionQuery } from "../api/queries.ts";
import { useLiveEvents } from "../api/use-live-events.ts";
import { BrandMark } from "../components/brand-mark.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { DisplayControls } from "./display-controls.tsx";
import { useText } from "./language.tsx";

/** Navigation and frame of every page behind the login. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const text = useText();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const isLive = useLiveEvents();
  const session = useQuery(sessionQuery());
  const isImage = useLocation({ select: ({ pathname }) => pathname.startsWith("/image/") });
  const isRunning = useLocation({ select: ({ pathname }) => pathname.startsWith("/running/") });
  const isAdmin = session.data?.role === "ADMIN";
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", md: "xl" }}
    >
      <a href="#content" className="skip-link">
        {text("console.skipToContent")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={text("console.nav.open")} />
            <BrandMark size={30} />
            <Text fw={700} size="lg" component="span" visibleFrom="xs">
              {text("console.title")}
            </Text>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Tooltip label={text(isLive ? "console.live.onHint" : "console.live.offHint")} multiline maw={280}>
              <Group gap={6} wrap="nowrap" role="status" visibleFrom="xs">
                <span className="live-dot" data-live={isLive} />
                <Text size="sm" c="dimmed" component="span">
                  {text(isLive ? "console.live.on" : "console.live.off")}
                </Text>
              </Group>
            </Tooltip>
            <DisplayControls />
            {session.data === undefined ? null : <AccountMenu session={session.data} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={text("console.nav.label")}>
        <NavLink to="/images" label={text("console.nav.images")} onFollow={close} isParent={isImage} />
        <NavLink to="/search" label={text("console.nav.search")} onFollow={close} />
        <NavLink to="/scans" label={text("console.nav.scans")} onFollow={close} />
        <NavLink to="/running" label={text("console.nav.running")} onFollow={close} isParent={isRunning} />
        <NavLink to="/cluster" label={text("console.nav.cluster")} onFollow={close} />
        <NavLink to="/decisions" label={text("console.nav.decisions")} onFollow={close} />
        <NavLink to="/exceptions" label={text("console.nav.exceptions")} onFollow={close} />
        {isAdmin ? <NavLink to="/audit" label={text("console.nav.audit")} onFollow={close} /> : null}
        <NavLink to="/status" label={text("console.nav.status")} onFollow={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function NavLink(props: {
  readonly to:
    | "/images"
    | "/search"
    | "/scans"
    | "/running"
    | "/cluster"
    | "/decisions"
    | "/exceptions"
    | "/audit"
    | "/status";
  readonly label: string;
  readonly onFollow: () => void;
  /** The page shown is not this one but one below it. */
  readonly isParent?: boolean;
}) {
  return (
    <Link
      to={props.to}
      className="nav-link"
      onClick={props.onFollow}
      {...(props.isParent === true ? { "aria-current": "true" as const } : {})}
    >
      {props.label}
    </Link>
  );
}
