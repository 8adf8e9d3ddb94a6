# Everything simvlm does on a CPU, with Node alone:
#   docker build -t simvlm .
#   docker run --rm -v "$PWD:/work" simvlm score --task caption --references captions.json --predictions results.json
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci
RUN npm pack --workspaces --pack-destination /tmp

FROM node:24-bookworm-slim
WORKDIR /opt/simvlm
COPY --from=build /tmp/*.tgz ./
RUN npm install --ignore-scripts --no-audit --no-fund ./*.tgz && npx --no-install simvlm trim && npm cache clean --force
ENV PATH="/opt/simvlm/node_modules/.bin:$PATH"
USER node
WORKDIR /work
ENTRYPOINT ["simvlm"]
CMD ["--help"]
