# The operator's image. Builds with BuildKit and with the classic builder, which knows neither
# RUN --mount nor heredocs nor COPY --chmod.
#
#   docker build -t tocsin:0.1.0 .
#
# BASE_IMAGE may be anything that has Python 3.11 or newer with its venv module.
ARG BASE_IMAGE=python:3.11-slim

FROM ${BASE_IMAGE} AS build

# A certificate bundle of the base image, where the package index is reached through a proxy that
# signs with its own authority. pip reads it from the environment; empty means pip's own bundle.
ARG PIP_CERT=

# pip lives in a virtual environment of its own: the one that is shipped never has it.
RUN python3 -m venv /build && python3 -m venv --without-pip /opt/tocsin/venv

# Dependencies, from the lock file only. This layer is made again when the lock file changes, and
# not when the code does.
COPY requirements/operator.txt /build/operator.txt
RUN /build/bin/pip --python /opt/tocsin/venv/bin/python install \
        --no-cache-dir --no-compile --disable-pip-version-check \
        --require-hashes --only-binary :all: -r /build/operator.txt

# What is never read at run time goes:
# - tests and type stubs, and pip's lists of files (the rest of the metadata says what is in the
#   image, to people and to scanners);
# - the endpoints and models of the synchronous Kubernetes client. `import kubernetes.aio` imports
#   the package `kubernetes`, and so the frame of that client, which loads endpoints and models by
#   name when they are used. We use the asynchronous ones. kopf looks for two of those models, and
#   does without them where they are missing;
# - what boto3 knows of services that are not asked: of its 33 MB, 8 are left.
# The last line imports what the operator stands on, so that a build fails where an image would.
# Bytecode is made here: the file system is read-only later, and every start would compile anew.
# "unchecked-hash" is right where sources cannot change: no stat of a source at import.
RUN set -eu; cd /opt/tocsin/venv; \
    site=$(bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
    find "$site" -depth -type d \( -name tests -o -name test -o -name '*-stubs' \) \
        -exec rm -r {} +; \
    find "$site" -type f \( -name '*_test.py' -o -name '*.pyi' -o -path '*.dist-info/RECORD' \) \
        -delete; \
    rm -r "$site/kubernetes/client/api"; \
    find "$site/kubernetes/client/models" -type f ! -name __init__.py -delete; \
    find "$site/botocore/data" -mindepth 1 -maxdepth 1 -type d ! -name cloudwatch ! -name sts \
        ! -name sso ! -name sso-oidc ! -name signin -exec rm -r {} +; \
    rm -r "$site/boto3/data" "$site/boto3/examples"; \
    bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash "$site"; \
    echo /opt/tocsin/app >"$site/tocsin.pth"; \
    printf '%s\n' '#!/opt/tocsin/venv/bin/python' 'import sys' '' \
        'from tocsin.__main__ import main' '' 'sys.exit(main())' >bin/tocsin; \
    chmod 0755 bin/tocsin; \
    bin/python -c 'import aiohttp, gotpl, kopf, kubernetes.aio, orjson, prometheus_api_client, \
prometheus_client, promql_parser, pydantic, re2, structlog, typer, yaml; \
from kubernetes.aio.client import ApiClient, CoordinationV1Api, CustomObjectsApi; \
import boto3; boto3.client("cloudwatch", region_name="eu-central-1"); \
boto3.client("sts", region_name="eu-central-1")'

# The code: the only layers that a change of the code makes again.
COPY operator/tocsin /opt/tocsin/app/tocsin
RUN /opt/tocsin/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash \
        /opt/tocsin/app && chmod -R a+rX,go-w /opt/tocsin/app


FROM ${BASE_IMAGE}

# Nothing that installs or compiles Python packages (pip comes back through ensurepip, so that goes
# too), and no lists or caches of the system's packages. It stands before what is copied, so that
# it is done once for a base image.
RUN set -eu; \
    rm -rf /usr/lib/python3*/ensurepip /usr/local/lib/python3*/ensurepip \
        /usr/share/python-wheels /usr/lib/python3/dist-packages/pip* \
        /usr/local/bin/pip* /usr/bin/pip* /root/.cache \
        /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old \
        /var/log/*.log /var/log/apt; \
    for folder in /usr/local/lib/python3*/site-packages; do \
        if [ -d "$folder" ]; then \
            rm -rf "$folder"/pip* "$folder"/setuptools* "$folder"/wheel* \
                "$folder"/pkg_resources "$folder"/_distutils_hack; \
        fi; \
    done; \
    for tool in pip pip3 cc gcc c++ g++ make; do \
        if command -v "$tool"; then echo "the base image brings $tool" >&2; exit 1; fi; \
    done

COPY --from=build /opt/tocsin/venv /opt/tocsin/venv
COPY --from=build /opt/tocsin/app /opt/tocsin/app

# The user has no entry in /etc/passwd, so its name and its home come from here: getpass looks at
# USER first, and kopf asks it for a name.
ENV PATH=/opt/tocsin/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    USER=tocsin \
    HOME=/
USER 65532:65532
WORKDIR /
EXPOSE 8080
ENTRYPOINT ["tocsin"]
CMD ["run", "--config", "/etc/tocsin/config.yaml"]
