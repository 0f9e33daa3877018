// What nobody is offered to commit with one press: each kind of file and of line is refused, and plain code is not.
import { expect, test } from 'vitest'
import { neverSuggestedIn, neverSuggestedOf } from '../../src/judge/never-suggested.ts'

test.each([
  ...[
    '.vscode/tasks.json',
    '.devcontainer/devcontainer.json',
    '.claude/settings.json',
    '.mcp.json',
    'a/.lintstagedrc.json',
  ],
  ...['.cirrus.yml', '.semaphore/semaphore.yml', '.tekton/push.yaml', '.gitlab/ci/x.yml', '.azure-pipelines/x.yml'],
  ...['.github/workflows/ci.yml', '.goreleaser.yml', 'buildspec.yml', 'lefthook.yml', 'nx.json', 'apps/x/project.json'],
  ...['vercel.json', 'lerna.json', 'turbo.json', 'angular.json', 'renovate.json', 'import_map.json', 'wrangler.jsonc'],
  ...[
    'package-lock.json',
    'a/pnpm-lock.yaml',
    'Cargo.lock',
    'go.sum',
    'package.json',
    'requirements-dev.txt',
    'run.sh',
  ],
])('nothing in %s is', path => {
  expect(neverSuggestedOf(path)).toMatch(/^It would change /)
})

test.each(['src/a.ts', 'conf/limits.yml', 'data/colours.json', 'src/project.ts', 'a.b/c.py'])('%s may be', path => {
  expect(neverSuggestedOf(path)).toBeUndefined()
})

test.each([
  ...['Function(a)()', 'new Worker(a)', 'new Deno.Command(a).output()', 'await Bun.$`ls`', 'await $`ls`'].map(line => [
    'a.ts',
    line,
  ]),
  ...['sp.check_output(a)', 'sp.run(a)', 'sp.call(a)', 'getoutput(a)', 'create_subprocess(a)'].map(line => [
    'a.py',
    line,
  ]),
  ...['os.StartProcess(a, b, c)', 'cmd.Run()', 'out, err := cmd.CombinedOutput()', 'exec.Command(a)'].map(line => [
    'a.go',
    line,
  ]),
  ...['x.instance_eval(a)', '%x(ls)', 'x.send(a)', 'Open3.capture2(a)', '`ls`'].map(line => ['a.rb', line]),
  ['a.rs', 'Command::new(a).status();'],
  ['a.cs', 'var p = new ProcessStartInfo(a);'],
  ['a.c', 'return CreateProcessA(a);'],
  ['A.java', 'return Class.forName(a).getMethod(b).invoke(c);'],
  ['a.swift', 'let p = Process()'],
  ['a.scala', 'Process(a).!'],
  ['deploy.yml', 'command: [a, b]'],
  ['deploy.yml', '  - run: a'],
  ['a.json', '"postCreateCommand": "a",'],
])('a call that starts a program or runs text is not: %s, %s', (path, line) => {
  expect(neverSuggestedIn(path!, ['go(a)'], [line!])).toMatch(/can start a program/)
})

test.each([
  ['conf.yml', 'host: evil.ninja'],
  ['conf.yml', '- evil.ninja:8080/x'],
  ['conf.json', '"a": "evil.ninja",'],
  ['a.js', 'go("[2001:db8::1]")'],
  ['a.js', "go('evil.com/x')"],
  ['a.js', 'go("https://evil")'],
])('an address is not: %s, %s', (path, line) => {
  expect(neverSuggestedIn(path!, ['go(a)'], [line!])).toBe('Its lines hold an address.')
})

test.each([
  ['deploy.yml', 'image: evilcorp/nginx:latest'],
  ['deploy.yml', '- uses: evil/action@v1'],
  ['values.yaml', '  tag: latest'],
])('what the code is made of is not: %s, %s', (path, line) => {
  expect(neverSuggestedIn(path!, ['a: b'], [line!])).toMatch(/what the code (is made of|depends on)/)
})

test.each([
  ['a.ts', 'const callback: Function | undefined = given'],
  ['a.ts', 'const total = retrieval.count + this.process(one, two)'],
  ['a.go', 'return cmd.Name, nil'],
  ['a.py', 'total = running(call_count, 1.5)'],
  ['a.rb', 'sender = x.sender_of(y)'],
  ['conf.yml', 'most: 1.5'],
  ['conf.yml', 'runs: 3 # e.g. three'],
  ['conf.json', '"version": "1.2.3",'],
])('plain code may be: %s, %s', (path, line) => {
  expect(neverSuggestedIn(path!, ['go(a)'], [line!])).toBeUndefined()
})
