// SPDX-License-Identifier: Apache-2.0
import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The green of the painted beams (dancheong) of Korean gates. */
const jade: MantineColorsTuple = [
  "#e9f7f4",
  "#d3ece6",
  "#a6d9cd",
  "#75c5b2",
  "#4db39c",
  "#2f9f87",
  "#178571",
  "#0b6e5f",
  "#075a4e",
  "#04463d",
];

/** Fonts that systems bring along; Korean ones first where a Latin font would take its place. */
const SANS =
  '"Pretendard", "Inter", system-ui, -apple-system, "Segoe UI", Roboto, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "Noto Sans", sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "D2Coding", monospace';

export const theme = createTheme({
  colors: { jade },
  primaryColor: "jade",
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
});
