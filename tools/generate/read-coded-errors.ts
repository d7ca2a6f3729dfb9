// SPDX-License-Identifier: Apache-2.0
import ts from "typescript";
import { docCommentBetween, docCommentOf, readSourceFiles, type SourceFile } from "./source-files.ts";

/** One class of expected failures with its codes, as its `errors.ts` declares them. */
export interface CodedErrorClass {
  readonly name: string;
  readonly description: string;
  /** The folder, such as `src/domain/oci`. */
  readonly module: string;
  readonly codes: readonly { readonly code: string; readonly description: string; readonly httpStatus?: string }[];
}

/** Every subclass of `CodedError` in the source; throws when one does not name its codes as a union in the same file. */
export function readCodedErrors(): readonly CodedErrorClass[] {
  return readSourceFiles("src/**/*.ts", "extends CodedError<").flatMap(readClasses);
}

function readClasses({ path, tree }: SourceFile): readonly CodedErrorClass[] {
  const unions = new Map(tree.statements.filter(ts.isTypeAliasDeclaration).map((each) => [each.name.text, each]));
  const statuses = readHttpStatuses(tree);
  return tree.statements.filter(ts.isClassDeclaration).flatMap((declaration) => {
    const parent = declaration.heritageClauses?.[0]?.types[0];
    if (parent === undefined || parent.expression.getText() !== "CodedError" || declaration.name === undefined) {
      return [];
    }
    const argument = parent.typeArguments?.[0]?.getText() ?? "";
    const union = unions.get(argument);
    if (union === undefined) {
      throw new Error(
        `${path}: the codes of ${declaration.name.text} must be a union type in the same file, found ${argument}`,
      );
    }
    return [
      {
        name: declaration.name.text,
        description: docCommentOf(declaration),
        module: path.slice(0, path.lastIndexOf("/")),
        codes: readCodes(path, union).map((each) => {
          const httpStatus = statuses.get(each.code);
          return httpStatus === undefined ? each : { ...each, httpStatus };
        }),
      },
    ];
  });
}

function readCodes(
  path: string,
  union: ts.TypeAliasDeclaration,
): readonly { readonly code: string; readonly description: string }[] {
  const members = ts.isUnionTypeNode(union.type) ? [...union.type.types] : [union.type];
  let previousEnd = union.name.end;
  return members.map((member) => {
    if (!ts.isLiteralTypeNode(member) || !ts.isStringLiteral(member.literal)) {
      throw new Error(`${path}: ${union.name.text} must list its codes as string literals, found ${member.getText()}`);
    }
    const description = docCommentBetween(union.getSourceFile(), previousEnd, member.getStart());
    if (description === "") {
      throw new Error(`${path}: ${member.literal.text} needs a doc comment that says when it happens`);
    }
    previousEnd = member.end;
    return { code: member.literal.text, description };
  });
}

/** The entries of a constant `…HTTP_STATUS` (an object literal from code to number), where the file has one. */
function readHttpStatuses(tree: ts.SourceFile): ReadonlyMap<string, string> {
  const statuses = new Map<string, string>();
  for (const statement of tree.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (
        name.getText().endsWith("HTTP_STATUS") &&
        initializer !== undefined &&
        ts.isObjectLiteralExpression(initializer)
      ) {
        for (const property of initializer.properties.filter(ts.isPropertyAssignment)) {
          statuses.set(property.name.getText(), property.initializer.getText());
        }
      }
    }
  }
  return statuses;
}
