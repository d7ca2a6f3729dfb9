// SPDX-License-Identifier: Apache-2.0

/** The applications that Erlang/OTP (17 to 28) and Elixir bring. None of them is published on hex.pm by its maker. */
export const PLATFORM_APPLICATIONS: ReadonlySet<string> = new Set(
  [
    "asn1 common_test compiler cosEvent cosEventDomain cosFileTransfer cosNotification cosProperty cosTime",
    "cosTransactions crypto debugger dialyzer diameter edoc eldap erl_docgen erl_interface erts et eunit ftp gs hipe",
    "ic inets jinterface kernel megaco mnesia observer odbc orber os_mon ose otp_mibs parsetools percept public_key",
    "reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools test_server tftp tools typer webtool wx xmerl",
    "eex elixir ex_unit iex logger mix",
  ].flatMap((line) => line.split(" ")),
);
