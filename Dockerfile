# One image for every role of Handrail; docker-compose.yml chooses the role by the command.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# --- packages from the hashed lock, as wheels only: nothing is compiled, in no stage ---------------------------------------
FROM ${PYTHON_IMAGE} AS packages
WORKDIR /build
COPY requirements.lock compose/pick_requirements.py compose/runtime-packages.txt ./
RUN python pick_requirements.py requirements.lock runtime-packages.txt > runtime.lock \
 && python -m venv --without-pip /opt/handrail \
 && python -m pip --python /opt/handrail/bin/python install --no-cache-dir --no-compile --quiet \
        --only-binary :all: --no-deps --require-hashes -r runtime.lock \
 && echo /app > /opt/handrail/lib/python3.11/site-packages/handrail.pth \
 && python -m compileall -q --invalidation-mode unchecked-hash /opt/handrail/lib

# --- the source, compiled now because a container's file system is read-only later ----------------------------------------
FROM ${PYTHON_IMAGE} AS source
COPY handrail /app/handrail
COPY services /app/services
COPY shared /app/shared
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

# --- what runs ------------------------------------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Handrail" org.opencontainers.image.licenses="Apache-2.0"
# /state is for the demo alone: its mail and what it has loaded. Anybody may write there, because the user can be chosen.
RUN groupadd --gid 10001 handrail \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin handrail \
 && install -d -m 1777 /state \
 && printf '#!/bin/sh\nexec python -m handrail "$@"\n' > /usr/local/bin/handrail \
 && chmod 755 /usr/local/bin/handrail
COPY --from=packages /opt/handrail /opt/handrail
COPY --from=source /app /app
COPY LICENSE /app/
ENV PATH=/opt/handrail/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp LANG=C.UTF-8 TZ=UTC \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER 10001:10001
CMD ["python", "-m", "handrail", "--help"]
