# The service as one executable, in an image with nothing beside it: no shell, no package manager, no Bun.
#
# Bun's image is named by its version. The base to run on is named by its digest, because its tags move. `docker buildx
# imagetools inspect gcr.io/distroless/cc-debian12:nonroot` prints the present one. Renew it with each release.
ARG BUILD_BASE=docker.io/oven/bun:1.4.5-slim
ARG RUN_BASE=gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f
FROM --platform=$BUILDPLATFORM $BUILD_BASE AS build
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
# Scripts of the packages don't run.
RUN bun install --frozen-lockfile --production --ignore-scripts
COPY drizzle drizzle
COPY src src
COPY ops/build.ts ops/build.ts
# The builder sets it, to its own name of the architecture. Without it, the builder's own architecture is built.
ARG TARGETARCH
RUN bun ops/build.ts ${TARGETARCH:+--target linux-$TARGETARCH} --outfile /out/restaurant-points && mkdir /out/data

FROM $RUN_BASE
ARG VERSION=1.0.0
LABEL org.opencontainers.image.title="restaurant-points" \
      org.opencontainers.image.description="The backend of a restaurant's points programme" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/restaurant-points /usr/local/bin/restaurant-points
COPY --from=build --chown=65532:65532 /out/data /data
# The root file system may be read-only. Images, and the library that the reader unpacks, go to the volume: don't mount
# it noexec.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data TMPDIR=/data
WORKDIR /
USER 65532:65532
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/restaurant-points", "health"]
ENTRYPOINT ["/usr/local/bin/restaurant-points"]
CMD ["serve"]
