#!/usr/bin/env bash
# Carries out the Dockerfile without Docker: its own COPY, ENV, RUN, HEALTHCHECK and CMD lines, in an empty directory, as an ordinary user.
# Not proven here: the base image itself, its apt-get line, and Docker's own isolation.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "prove-image: $*"; }
fail() { echo "prove-image: FAILED: $*" >&2; [ -f "$log" ] && tail -n 20 "$log" >&2; exit 1; }

arch=$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')
bundled="node_modules/node-linux-$arch/bin/node"
[ -x "$bundled" ] || { echo "prove-image: run npm ci first; $bundled is not there" >&2; exit 1; }
npm=$(command -v npm) || { echo "prove-image: npm is not on the PATH" >&2; exit 1; }

root=$(mktemp -d)
log="$root/serve.log"
server=
stop() {
  if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
  chmod -R u+w "$root" 2>/dev/null || true
  rm -rf "$root"
}
trap stop EXIT
mkdir -p "$root/context" "$root/app" "$root/home" "$root/bin" "$root/run/secrets"
chmod 755 "$root"

# The image's Node: the same version, which is what its FROM line names.
cp "$bundled" "$root/bin/node"
version=$("$root/bin/node" --version)
grep -q "^FROM node:${version#v}-" Dockerfile || fail "FROM names another Node than the bundled $version"

# Root gives itself up for an ordinary user, as USER does; anybody else is one already.
if [ "$(id -u)" = 0 ]; then
  as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all)
  owner=65534:65534
else
  as_user=()
  owner=$(id -u):$(id -g)
fi

# The build's context: what is committed, without what .dockerignore takes out.
git archive HEAD | tar -x -C "$root/context"
while read -r pattern; do
  [ -z "$pattern" ] || find "$root/context" -depth -path "$root/context/${pattern#\*\*/}" -exec rm -rf {} +
done <.dockerignore

# Lines that end in a backslash are one instruction.
instructions=$(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' -e '/^#/d' Dockerfile)
each() { grep "^$1 " <<<"$instructions" | sed "s/^$1 //"; }
here() { sed -e "s#/data\b#$root/data#g" -e 's#node:node#'"$owner"'#g'; }

environment=(PATH="$root/bin:$(dirname "$npm"):/usr/bin:/bin" HOME="$root/home" npm_config_update_notifier=false)
while read -r name; do [ -z "${!name:-}" ] || environment+=("$name=${!name}"); done <<<"HTTPS_PROXY
HTTP_PROXY
NO_PROXY
NODE_EXTRA_CA_CERTS
SSL_CERT_FILE
npm_config_cafile
npm_config_registry"
for pair in $(each ENV | here); do environment+=("$pair"); done

while read -r words; do
  read -ra parts <<<"$words"
  target="$root/app/${parts[-1]}"
  for source in "${parts[@]:0:${#parts[@]}-1}"; do
    [ -e "$root/context/$source" ] || fail "COPY $source: not in the build's context"
    if [ -d "$root/context/$source" ]; then mkdir -p "$target" && cp -R "$root/context/$source/." "$target"
    else cp "$root/context/$source" "$target"; fi
  done
done < <(each COPY)
say "copied: $(ls -A "$root/app" | tr '\n' ' ')"

chown -R "$owner" "$root/app" "$root/home" "$root/run"
(cd / && each RUN | grep -v '^apt-get') | while read -r command; do
  say "RUN $command"
  if [[ "$command" == mkdir* ]]; then (cd "$root" && sh -c "$(here <<<"$command")")
  else (cd "$root/app" && "${as_user[@]}" env -i "${environment[@]}" sh -c "$command") >"$root/run.log" 2>&1 || { tail -n 20 "$root/run.log" >&2; fail "RUN $command"; }; fi
done
[ ! -e "$root/app/node_modules/node-linux-$arch" ] || fail "the repackaged Node is still there"
[ ! -e "$root/app/node_modules/vitest" ] || fail "development dependencies are there"
[ -d "$root/data" ] || fail "no RUN line made /data"

# USER: from here on the sources can be read and run, not changed.
chmod -R a-w "$root/app"
words() { "$root/bin/node" -e 'for (const word of JSON.parse(process.argv[1])) process.stdout.write(word + "\0")' "$1"; }
mapfile -d '' -t command < <(words "$(each CMD)")
mapfile -d '' -t health < <(words "$(each HEALTHCHECK | sed 's/^.* CMD //')")
port=$("$root/bin/node" -e 's = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close() })')
environment+=("PORT=$port")

start() {
  : >"$log"
  # exec: the process whose id is kept is the program itself, as in a container.
  (cd "$root/app" && exec "${as_user[@]}" env -i "${environment[@]}" "$@" "${command[@]}") >>"$log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    if healthy; then return; fi
    kill -0 "$server" 2>/dev/null || fail "the server ended before it answered"
    sleep 0.2
  done
  fail "the health check never answered"
}
healthy() { (cd "$root/app" && "${as_user[@]}" env -i "${environment[@]}" "${health[@]}") >/dev/null 2>&1; }
finish() {
  local began=$SECONDS code=0
  kill -TERM "$server"
  wait "$server" || code=$?
  server=
  [ $code = 0 ] || fail "SIGTERM ended it with $code"
  [ $((SECONDS - began)) -le 10 ] || fail "SIGTERM took $((SECONDS - began)) s"
  say "SIGTERM: exit 0 after $((SECONDS - began)) s"
}
post() {
  curl -s -o /dev/null -w '%{http_code}' -H 'content-type: application/json' -H 'x-github-event: ping' -H "x-github-delivery: $1" \
    -H "x-hub-signature-256: sha256=$2" -d '{"zen":"proof"}' "http://127.0.0.1:$port/api/github/webhooks"
}
sign() { printf '{"zen":"proof"}' | openssl dgst -sha256 -hmac "$1" | sed 's/^.* //'; }

start
curl -s "http://127.0.0.1:$port/" | grep -q 'no GitHub App is configured' || fail "/ does not say what to do in set-up mode"
grep -q 'No GitHub App is configured' "$log" || fail "the log does not say what to do in set-up mode"
say "set-up mode: health check 0, / says what to do next"
finish

secret=$(openssl rand -hex 32)
printf '%s\n' "$secret" >"$root/run/secrets/webhook_secret"
openssl genrsa -out "$root/run/secrets/private_key" 2048 2>/dev/null
printf 'not-a-real-key\n' >"$root/run/secrets/anthropic_api_key"
chmod 400 "$root"/run/secrets/* && chown -R "$owner" "$root/run"
# Nothing listens on port 1 of this machine: no request of this proof leaves it.
start APP_ID=1 GHE_HOST=127.0.0.1:1 GHE_PROTOCOL=http PRIVATE_KEY_FILE="$root/run/secrets/private_key" \
  WEBHOOK_SECRET_FILE="$root/run/secrets/webhook_secret" ANTHROPIC_API_KEY_FILE="$root/run/secrets/anthropic_api_key"
[ "$(post proof-1 "$(sign "$secret")")" = 202 ] || fail "a delivery signed with the secret of WEBHOOK_SECRET_FILE was not taken"
[ "$(post proof-2 "$(sign "${secret}x")")" = 401 ] || fail "a delivery signed with another secret was taken"
! grep -q "$secret" "$log" || fail "the secret is in the log"
! grep -q 'ANTHROPIC_API_KEY is not set' "$log" || fail "ANTHROPIC_API_KEY_FILE was not read"
say "with an app: secrets read from files, signatures checked, nothing of them logged"
say "memory: $(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$server/status") MB resident, embedded database"
finish
say "proven: $(each CMD) as uid ${owner%%:*}, Node $version, sources read-only, data in a directory of its own"
