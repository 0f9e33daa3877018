// What nobody is offered to commit with one press, right or not: what decides which code runs, with what, and who is called.

/** Why nothing in such a file is offered, in one sentence. Pure. */
export function neverSuggestedOf(path: string): string | undefined {
  const lower = path.normalize('NFKC').toLowerCase()
  const name = lower.slice(lower.lastIndexOf('/') + 1)
  if (workflows.test(lower)) return 'It would change a workflow, or what stands beside one.'
  if (tools.test(lower)) return 'It would change settings of a tool, which can say what is run.'
  if (locks.test(name)) return 'It would change a lock file.'
  if (manifests.test(name)) return 'It would change what the code depends on.'
  if (scripts.test(name)) return 'It would change a script, every line of which calls programs.'
  return undefined
}

const workflows =
  /^\.github\/|(?:^|\/)(?:\.circleci|\.buildkite|\.husky|\.gitea|\.forgejo|\.woodpecker)\/|(?:^|\/)(?:\.gitlab-ci[^/]*|\.travis\.yml|azure-pipelines[^/]*|bitbucket-pipelines\.yml|jenkinsfile[^/]*|\.drone\.yml|appveyor\.yml|(?:cloudbuild|codefresh|bitrise|screwdriver|buildspec[^/]*|action)\.ya?ml|\.pre-commit-[^/]*|\.git[^/]*)$/
/** All that is hidden, as editors, agents and builders have it, and what the usual ones keep in plain sight. */
const tools =
  /(?:^|\/)(?:\.[^/]+(?:\/.*)?|(?:nx|project|lerna|rush|turbo|vercel|netlify|angular|renovate|firebase|now|app|tauri\.conf|wrangler|docker-bake|devbox|import[_-]?map|nodemon|tasks|launch)\.jsonc?|(?:lefthook|serverless|skaffold|taskfile|netlify|render|app|docker-bake|mta)\.ya?ml)$/
const locks =
  /(?:^|[.-])lock(?:file)?$|[.-]lock\.(?:json|ya?ml|toml|hcl|txt)$|^npm-shrinkwrap\.json$|^packages\.lock\.json$|^bun\.lockb$|^go\.(?:work\.)?sum$|^package\.resolved$/
const manifests =
  /^(?:package\.json|bower\.json|jsr\.json|deno\.jsonc?|bunfig\.toml|pnpm-workspace\.yaml|\.npmrc|\.yarnrc.*|\.pnpmfile\.c?js|go\.(?:mod|work)|cargo\.toml|pyproject\.toml|setup\.(?:py|cfg)|pipfile|.*requirements.*\.(?:txt|in)|constraints.*\.txt|pip\.conf|environment\.ya?ml|gemfile|.*\.gemspec|composer\.json|pom\.xml|.*\.gradle(?:\.kts)?|libs\.versions\.toml|gradle.*\.properties|.*\.(?:cs|fs|vb)proj|packages\.config|nuget\.config|directory\..*\.(?:props|targets)|mix\.exs|pubspec\.ya?ml|podfile|cartfile|package\.swift|build\.s(?:bt|c)|.*\.nix|conanfile\..*|vcpkg\.json|module\.bazel|workspace(?:\.bazel)?|build(?:\.bazel)?|rebar\.config|chart\.ya?ml)$/
const scripts =
  /\.(?:sh|bash|zsh|fish|ksh|ps1|psm1|bat|cmd|mk|cmake)$|^(?:.*dockerfile.*|containerfile|docker-compose.*|compose\.ya?ml|(?:gnu)?makefile|justfile|rakefile|vagrantfile|procfile|taskfile\.ya?ml|cmakelists\.txt|\.envrc)$/

/** The same of its lines, those that go and those that come. Pure. */
export function neverSuggestedIn(path: string, old: string[], fresh: string[]): string | undefined {
  const both = [...old, ...fresh].join('\n')
  // Some languages read a name written in other letters as the plain one: https://docs.python.org/3/reference/lexical_analysis.html#identifiers
  const text = both.normalize('NFKC')
  const data = /\.(?:ya?ml|jsonc?)$/i.test(path)
  if (addresses.test(text) || (data && hosts.test(text))) return 'Its lines hold an address.'
  if (modules.test(text) || (data && parts.test(text))) return 'Its lines say what the code is made of (an import).'
  if (calls.test(text) || named.test(text) || (data && commands.test(text)) || callsOf(path).test(text))
    return 'Its lines hold a call that can start a program or run text as code.'
  if (/\\u\{?[0-9a-f]{2}|\\x[0-9a-f]{2}|\\[0-7]{3}|\\N\{/i.test(fresh.join('\n')))
    return 'It holds characters written as numbers, which a reader can not check at a glance.'
  return undefined
}

const addresses =
  /[a-z][a-z0-9+.-]*:\/\/|\bwww\.|["'`(]\/\/[\w-]|\b[\w.-]+@[\w-]+\.[\w.]|\bdata:[\w-]+\/|\b(?:javascript|vbscript|mailto|file|jdbc:\w+):["'`\w/]|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\[[0-9a-f]{0,4}(?:::?[0-9a-f]{1,4}){2,}(?:::)?\]|["'`](?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|co|ai|me|info|biz|cloud|xyz|top|ru|cn|de|uk|eu|fr|jp|in|us|sh|to|ly|gg|local|internal)\b/i
const modules =
  /^\s*(?:import|from|using|#\s*include|#\s*import|@import|extern crate|use|require|require_once|include|include_once|require_relative|load)\b|\b(?:require|import|importlib|__import__|include|require_once|import_module|createRequire|loadLibrary|dlopen)\s*[(.]|\bfrom\s+['"]/m
const calls =
  /\b(?:\w*exec\w*|\w*spawn\w*|v?fork\w*|system|popen\w*|\w*subprocess\w*|shell\w*|passthru|(?:\w+_)?eval\w*|check_(?:call|output)|get(?:status)?output|open[23]|proc_open|child_process|processbuilder|getruntime|start_process|os\.startfile|compile|new\s+function|function\s*\(\s*["'`]|runin\w*context|vm\.|assert\s*\(\s*["'`]|create_function|call_user_func\w*|public_send|__send__|globals|locals|getattr|setattr|__\w+__|globalthis|reflect|constructor|prototype|process\.(?:binding|dlopen|kill)|cmd\.exe|powershell|bash|pickle|marshal|yaml\.load|deserialize\w*|unserialize|process\.start\w*|scriptengine\w*)\b|\bset(?:timeout|interval)\s*\(\s*["'`]/i
/** Names that are words of prose in other letters. */
const named =
  /\bFunction\s*[(.`]|\bCommand\s*(?:::|\()|\b(?:Deno|Bun)\s*\.|\bnew\s+(?:Shared)?Worker\b|\bProcess(?:StartInfo)?\s*[({]|\bNSTask\b|\bStartProcess\b|\bCreateProcess\w*|\bforName\b|\.invoke\w*\s*\(/
/** Whole values that read as a host, and keys for one. */
const hosts =
  /(?:^|[\s:,[-])["']?(?:[a-z0-9_-]+\.)+(?!(?:[cm]?[jt]sx?|json|ya?ml|md|txt|html?|css|py|rb|go|rs|java)\b)[a-z]{2,24}(?:[:/][^\s"']*)?["']?\s*[\],}]*\s*(?:,|#.*)?$|["']?\b(?:host(?:name)?s?|ur[il]s?|endpoints?|registry|domains?|servers?)["']?\s*:/im
/** Keys of manifests and playbooks: what is run, and with which programs. */
const commands =
  /(?:^|[\s{,-])["']?(?:run|cmd|\w*commands?|args|entrypoint|scripts?|hooks?|before_\w+|after_\w+|(?:pre|post)\w*)["']?\s*:/im
const parts =
  /(?:^|[\s{,-])["']?(?:images?|tag|digest|uses|repositor(?:y|ies)|packages?|plugins?|presets?|\w*dependencies)["']?\s*:/im

/** Calls that mean something else in other languages. */
function callsOf(path: string): RegExp {
  if (/\.(?:rb|erb|rake|php\d?|phtml|pl|pm|lua)$/i.test(path)) return ofRuby
  if (/\.[cm]?[jt]sx?$/i.test(path)) return ofScript
  return path.endsWith('.go') ? ofGo : /\.pyi?$/i.test(path) ? ofPython : /(?!)/
}

/** Text between backticks is run as a command: https://docs.ruby-lang.org/en/master/Kernel.html, https://www.php.net/manual/en/language.operators.execution.php */
const ofRuby = /`|%x\W|\bsend\b/
/** As a tag of a template: https://bun.com/docs/runtime/shell */
const ofScript = /\$\s*`/
const ofGo = /\.(?:Run|Start|Output|CombinedOutput)\s*\(\s*\)|\bplugin\.Open\b/
const ofPython = /\b(?:run|call|create_subprocess\w*)\s*\(/
