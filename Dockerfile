# Holdfast as a container: compiled in one stage, run in another that has no compiler and no development package.
# The tags are exact but not digests: pin `@sha256:…` where your registry tells it (docker buildx imagetools inspect).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /holdfast
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node tools/build.mjs

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /holdfast
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# `docker build --target gateway`: the standalone gateway alone. No database, no configuration file; settings by environment.
FROM node:24.21.0-bookworm-slim AS gateway
WORKDIR /holdfast
ENV NODE_ENV=production HOST=0.0.0.0 MANAGEMENT_HOST=127.0.0.1
COPY --from=packages /holdfast/node_modules node_modules
COPY --from=build /holdfast/dist dist
COPY bin bin
COPY package.json ./
USER node
EXPOSE 6190
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT ?? 6192}/readyz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/cli.js", "gateway"]

FROM node:24.21.0-bookworm-slim
WORKDIR /holdfast
# Production unless told otherwise: unsafe settings, the shipped development secrets among them, are then refused.
ENV NODE_ENV=production HOST=0.0.0.0 HOLDFAST_DATA_DIR=/data HOLDFAST_EXAMPLE_GATEWAY_ENABLED=false
RUN install -d -o node -g node -m 0700 /data
COPY --from=packages /holdfast/node_modules node_modules
COPY --from=build /holdfast/dist dist
COPY bin bin
COPY config config
COPY package.json ./
# Nothing here belongs to this user but /data, so the root file system can be read-only (docker run --read-only).
USER node
VOLUME /data
EXPOSE 6180 6182
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT ?? 6182}/readyz`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/main.js"]
