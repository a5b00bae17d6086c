# The runner as an image:
#   docker run --rm -e ANTHROPIC_API_KEY -v /var/run/docker.sock:/var/run/docker.sock -v "$PWD":/workspace claw-ci task.yaml
# The two images must be of one distribution: the runner is linked against the build image's C library.
ARG BUILD_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0

FROM ${BUILD_IMAGE} AS build
# true takes dist/ as it is, when it was built from these very sources on this very distribution.
ARG REUSE_DIST=false
LABEL org.opencontainers.image.title=claw-ci-build
WORKDIR /source
COPY . .
RUN if [ "$REUSE_DIST" = true ]; then eng/build; else rm -rf dist && eng/setup --build && eng/build; fi

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title=claw-ci org.opencontainers.image.licenses=MIT
RUN if ! command -v git >/dev/null || ! [ -e /etc/ssl/certs/ca-certificates.crt ]; then \
      apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=build /source/LICENSE /source/NOTICE /opt/claw-ci/
COPY --from=build /source/dist/toolserver /opt/claw-ci/toolserver
COPY --from=build /source/dist/claw-ci /opt/claw-ci/claw-ci
ENV PATH=/opt/claw-ci:$PATH CLAW_CI_IMAGE=true
WORKDIR /workspace
ENTRYPOINT ["claw-ci"]
