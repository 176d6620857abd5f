# syntax=docker/dockerfile:1
# One image for web, worker, beat and the one-off set-up; docker-compose.yml gives each its command.

FROM node:22-slim AS assets
WORKDIR /build/assets
COPY assets/package.json assets/package-lock.json assets/.npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# The official image's Python is built with profile-guided and link-time optimisation.
FROM python:3.12-slim AS build
ENV UV_LINK_MODE=copy PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /srv/canopy
COPY requirements.lock ./
RUN /opt/tools/bin/uv venv --quiet --no-python-downloads .venv \
 && /opt/tools/bin/uv pip sync --no-cache --python .venv/bin/python --require-hashes --only-binary :all: \
    --compile-bytecode requirements.lock
COPY manage.py ./
COPY bin/copy_assets.py bin/
COPY static static
COPY templates templates
COPY prm prm
COPY partners partners
COPY enablement enablement
COPY cohorts cohorts
COPY analytics analytics
COPY demo demo
COPY --from=assets /build/assets/node_modules assets/node_modules
RUN .venv/bin/python bin/copy_assets.py && rm -rf assets bin \
 && SECRET_KEY=only-for-building PUBLIC_BASE_URL=https://build.invalid \
    DATABASE_URL=postgres://build.invalid/canopy REDIS_URL=redis://build.invalid/0 \
    .venv/bin/python manage.py collectstatic --no-input --verbosity=0 \
 && .venv/bin/python -m compileall -q prm partners enablement cohorts analytics demo

FROM python:3.12-slim
# pg_dump and pg_restore, for `manage.py backup` and `restore`.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin canopy \
 && install -d -o canopy -g canopy -m 0750 /var/lib/canopy /var/lib/canopy/files
COPY --from=build /srv/canopy /srv/canopy
WORKDIR /srv/canopy
ENV PATH=/srv/canopy/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=prm.settings CANOPY_HOME=/var/lib/canopy FILES_ROOT=/var/lib/canopy/files
USER canopy
VOLUME /var/lib/canopy
EXPOSE 8000
# Sync workers: a buffering proxy (deploy/nginx.conf) stands in front and holds slow clients.
CMD ["sh", "-c", "exec gunicorn prm.wsgi --bind 0.0.0.0:8000 --workers ${WEB_CONCURRENCY:-4} --timeout 60 --graceful-timeout 30 --no-control-socket --worker-tmp-dir /dev/shm"]
