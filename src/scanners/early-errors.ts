// What a grammar takes and its language does not, as rules on the syntax tree: statements where none can stand, `return` and `await` outside of functions.

/** Documents of ast-grep, one of an id and a language. `early`: it is wrong wherever it is new. `old`: it is wrong in a file that had none. */
export const earlyErrors: string[] = [
  rule('early', 'Python', [
    outside('return_statement', ['function_definition']),
    outside('yield', ['function_definition', 'lambda']),
    outside('break_statement', ['for_statement', 'while_statement']),
    outside('continue_statement', ['for_statement', 'while_statement']),
    "{ kind: await, not: { inside: { kind: function_definition, regex: '^async', stopBy: end } } }",
  ]),
  // Statements of Python 2, which the grammar still knows.
  rule('old', 'Python', ['{ kind: print_statement }', '{ kind: exec_statement }']),
  // https://go.dev/ref/spec#Source_file_organization
  rule(
    'early',
    'Go',
    `short_var_declaration assignment_statement expression_statement inc_statement dec_statement send_statement if_statement for_statement
    return_statement go_statement defer_statement expression_switch_statement type_switch_statement select_statement labeled_statement block
    break_statement continue_statement goto_statement fallthrough_statement`
      .split(/\s+/)
      .map(kind => `{ kind: ${kind}, inside: { kind: source_file } }`),
  ),
  rule(
    'early',
    'Java',
    `expression_statement return_statement if_statement for_statement enhanced_for_statement while_statement do_statement throw_statement
    try_statement break_statement continue_statement`
      .split(/\s+/)
      .map(kind => `{ kind: ${kind}, inside: { kind: program } }`),
  ),
  // Node reads all of JavaScript and TypeScript but this.
  rule('early', 'Tsx', [
    outside('return_statement', functions()),
    `{ kind: await_expression, inside: ${within(functions())}, not: { inside: ${within(functions(), "regex: '^[^({=]*\\basync\\b', ")} } }`,
  ]),
]

function functions(): string[] {
  const declared = ['function_declaration', 'generator_function_declaration', 'method_definition']
  return [...declared, 'function_expression', 'generator_function', 'arrow_function']
}

function rule(id: string, language: string, any: string[]): string {
  return `id: ${id}--${language}\nlanguage: ${language}\nrule:\n  any:\n${any.map(one => `    - ${one}`).join('\n')}`
}

function outside(kind: string, around: string[]): string {
  return `{ kind: ${kind}, not: { inside: ${within(around)} } }`
}

function within(kinds: string[], more = ''): string {
  return `{ ${more}any: [${kinds.map(kind => `{ kind: ${kind} }`).join(', ')}], stopBy: end }`
}
