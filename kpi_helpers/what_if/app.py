"""试算应用: the what-if notebook as a page without code, for one person at this machine; Voilà, closed to everybody else."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import tempfile
import threading
import webbrowser
from pathlib import Path

import jinja2
import nbformat
from jupyter_core.utils import run_sync
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.routing import AnyMatches, Matcher, Rule, RuleRouter
from tornado.web import Application, ErrorHandler, HTTPError
from traitlets import default
from traitlets.config import Config
from voila.app import Voila

from kpi_helpers.departments import Job
from kpi_helpers.engine import OwnKernelManager, check_parameters, read_notebook
from kpi_helpers.errors import Fault, UsageError
from kpi_helpers.language import say, set_language
from kpi_helpers.places import project

ADDRESS = "127.0.0.1"
TEMPLATES = Path(__file__).parent / "voila"
LEFT, NEVER_OPENED = 5, 60  # seconds a kernel is kept for a page that is gone (it may be reconnecting), or that never came
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"]  # not whatever else is installed


class OwnAddress(Matcher):
    """本机地址: requests meant for this machine and port; a page elsewhere whose name leads here (DNS rebinding) is not."""

    def __init__(self, port: int):
        self.hosts = {f"{ADDRESS}:{port}", f"localhost:{port}"}

    def match(self, request):
        return {} if request.host in self.hosts else None


class NoEntry(JupyterHandler):
    """谢绝: where a request without the token ends, instead of a form for passwords."""

    @allow_unauthenticated
    def get(self):
        raise HTTPError(403)


class Doorkeeper(IdentityProvider):
    """口令: the printed token; the browser we open gets one that serves once, as others may see its command line."""

    once = ""

    async def get_user_token(self, handler):
        if self.once and secrets.compare_digest(self.get_token(handler).encode(), self.once.encode()):
            self.once = ""
            return self.generate_anonymous_user(handler)
        return await super().get_user_token(handler)

    def get_handlers(self):
        return [("/login", NoEntry)]


class PageKernel(OwnKernelManager, ServerKernelManager):
    """计算进程: the Python that runs this program; it talks through files in our folder where the system can do that."""

    @default("ip")
    def _ip_default(self):  # a port could be listened to by everybody on the machine; the path must stay short on macOS
        folder = os.path.dirname(self.connection_file)
        return os.path.join(folder, secrets.token_hex(3)) if self.transport == "ipc" else ADDRESS


class PageKernels(AsyncMappingKernelManager):
    """一页一个计算进程: a kernel ends when its page is gone, never because somebody only looks at it."""

    def notify_disconnect(self, kernel_id):
        super().notify_disconnect(kernel_id)
        IOLoop.current().call_later(LEFT, self.end_if_left, kernel_id)

    async def end_if_left(self, kernel_id):
        """Stop a kernel that no page has come back to."""
        if kernel_id in self and not self._kernel_connections.get(kernel_id):
            await self.shutdown_kernel(kernel_id, now=True)


class Panel(Voila):
    """试算服务: Voilà with our page, our sockets, and an end that leaves nothing behind."""

    def setup_template_dirs(self):
        super().setup_template_dirs()
        self.template_paths.insert(0, str(TEMPLATES))

    def listen(self):
        foreign = Application([(".*", ErrorHandler, {"status_code": 403})])
        HTTPServer(RuleRouter([Rule(OwnAddress(self.port), self.app), Rule(AnyMatches(), foreign)])).add_socket(self.listening)
        self.ioloop = IOLoop.current()
        for name in {"SIGINT", "SIGTERM", "SIGHUP"} & {*dir(signal)}:
            signal.signal(getattr(signal, name), self._handle_signal_stop)
        PeriodicCallback(lambda: None, 1000).start()  # Windows sees a Ctrl-C only when something happens
        self.launch_browser()
        try:
            self.ioloop.start()
        finally:
            self.stop()

    def launch_browser(self):
        print(self.announced, flush=True)
        if self.open_browser:
            self.identity_provider.once = secrets.token_urlsafe(24)
            address = f"http://{ADDRESS}:{self.port}/?token={self.identity_provider.once}"
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    def stop(self):
        run_sync(self.kernel_manager.shutdown_all)(now=True)


def serve(job: Job, given: dict, port: int = 0, browser: bool = True) -> None:
    """Show the panel of one job until Ctrl-C. given: the notebook's parameters as they were given; port 0: any that is free."""
    job.read_workbook(job.load_policy())  # what is at fault there is said here, before anything opens
    listening = _listen(port)
    port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
    announced = f"http://{ADDRESS}:{port}/?token={token}\n" + say("按 Ctrl-C 结束。", "Ctrl-C ends it.")
    set_language(job.language)  # from here on it is the page that speaks
    if os.environ.get("KPI_DEBUG") != "1":
        logging.disable()  # what a server has to tell is of no use to the reader
    panel = Panel(config=_settings(port), ip=ADDRESS, port=port, token=token, open_browser=browser)
    panel.listening, panel.announced = listening, announced
    panel.initialize([])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the folder goes, whenever it comes
    with tempfile.TemporaryDirectory(prefix="kpi-", ignore_cleanup_errors=True) as folder:
        panel.connection_dir_root, panel.notebook_path = folder, str(_copy(job, given, Path(folder)))
        panel.start()


def _listen(port: int) -> socket.socket:
    try:
        listening = socket.create_server((ADDRESS, port))
    except OSError:
        problem = say(f"端口 {port} 用不了，多半已被占用。", f"port {port} cannot be used, most likely it is in use.")
        hint = say("换一个，或不写 --port。", "Choose another, or leave --port out.")
        raise UsageError(Fault("--port", problem, hint)) from None
    listening.setblocking(False)
    return listening


def _copy(job: Job, given: dict, folder: Path) -> Path:
    """The one notebook that is served: with its parameters, without the notes for those who open it in JupyterLab."""
    master = project() / "notebooks" / "kpi_what_if.ipynb"
    parameters = {**given, "month": job.asked, "department": job.name}
    check_parameters(master, parameters)
    notebook = parameterize_notebook(load_notebook_node(read_notebook(master)), parameters)
    notebook.cells = [cell for cell in notebook.cells if "internal" not in cell.metadata.get("tags", [])]
    notebook.metadata.title = f"{say('试算', 'What-if')} · {job.name} · {job.asked}"
    nbformat.write(notebook, folder / master.name)
    return folder / master.name


def _settings(port: int) -> Config:
    """Voilà's settings; those of the user and of the machine are not read."""
    chinese = say("zh", "en") == "zh"
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    pages.globals["chinese"] = chinese
    content = (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        f"connect-src 'self' ws://{ADDRESS}:{port} ws://localhost:{port}; img-src 'self' data: blob:; font-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    config = Config()
    config.Voila.update(config_file_paths=[], identity_provider_class=Doorkeeper)
    headers = {"Content-Security-Policy": content, "Referrer-Policy": "same-origin"}
    config.Voila.tornado_settings = {"headers": headers, "jinja2_env": pages}
    config.VoilaConfiguration.update(resources={"chinese": chinese}, show_tracebacks=False, attempt_fix_notebook=False)
    config.VoilaConfiguration.update(file_allowlist=[], allow_template_override="NO", allow_theme_override="NO")
    config.VoilaConfiguration.update(extension_allowlist=EXTENSIONS, multi_kernel_manager_class=PageKernels)
    config.MappingKernelManager.update(kernel_manager_class=f"{__name__}.PageKernel", root_dir=os.getcwd())
    config.MappingKernelManager.update(cull_idle_timeout=NEVER_OPENED, cull_interval=10, allow_tracebacks=False)
    config.MappingKernelManager.traceback_replacement_message = say("程序出错。", "The program failed.")
    files = os.name != "nt" and len(os.fsencode(tempfile.gettempdir())) <= 66  # the path of a socket may have 103 bytes, ours adds 37
    config.KernelManager.update(autorestart=False, transport="ipc" if files else "tcp", transport_encryption="auto")
    config.NotebookNotary.update(db_file=":memory:", secret=secrets.token_bytes(32))  # else both stay in the home folder
    config.IdentityProvider.cookie_options = {"samesite": "Lax", "expires_days": None}
    return config
