#include "tools/files/held_folder.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::array<int, 3> StopSignals{SIGINT, SIGTERM, SIGHUP};

// The traces that a stop signal removes; null when there are none.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): nothing else reaches a handler of signals.
std::atomic<const FolderTraces*> traces_to_remove{nullptr};

}  // namespace

// Traces that the taking of a folder leaves in the file system, removed when the process is told to stop.
class FolderTraces {
 public:
  explicit FolderTraces(const fs::path& folder) : lock_((folder / FolderLock::FileName).string())
  {
    std::error_code error;
    for (fs::path path = folder; !path.empty() && !fs::exists(path, error); path = path.parent_path())
      created_.push_back(path.string());
    watch_signals();
    fs::create_directories(folder, error);
    if (error) {
      leave_signals();
      remove_folders();
      throw ConfigError(fmt::format("--out {}: cannot write: {}", folder.string(), error.message()));
    }
  }

  FolderTraces(const FolderTraces&) = delete;
  FolderTraces& operator=(const FolderTraces&) = delete;

  ~FolderTraces()
  {
    leave_signals();
    remove_folders();
  }

  // Before, the file of the lock may be that of another process.
  void own_lock() { owns_lock_ = true; }

  void keep_folders()
  {
    leave_signals();
    created_.clear();
  }

 private:
  // System calls only: signal handlers call these two. A folder that holds something stays.
  void remove() const
  {
    if (owns_lock_)
      ::unlink(lock_.c_str());
    remove_folders();
  }

  void remove_folders() const
  {
    for (const std::string& folder : created_)
      ::rmdir(folder.c_str());
  }

  static void stop(int signal)
  {
    if (const FolderTraces* const traces = traces_to_remove.load())
      traces->remove();
    // Ends the process as if there had been no handler.
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }

  void watch_signals()
  {
    const FolderTraces* none = nullptr;
    if (!traces_to_remove.compare_exchange_strong(none, this))
      return;
    is_watching_ = true;
    struct sigaction action{};
    action.sa_handler = stop;
    for (std::size_t i = 0; i < StopSignals.size(); ++i) {
      ::sigaction(StopSignals[i], nullptr, &before_[i]);
      // A signal that is ignored, as under nohup, stays so.
      if (before_[i].sa_handler == SIG_DFL)
        ::sigaction(StopSignals[i], &action, nullptr);
    }
  }

  void leave_signals()
  {
    if (!std::exchange(is_watching_, false))
      return;
    traces_to_remove = nullptr;
    for (std::size_t i = 0; i < StopSignals.size(); ++i)
      ::sigaction(StopSignals[i], &before_[i], nullptr);
  }

  std::string lock_;
  std::vector<std::string> created_;  // innermost first
  std::atomic<bool> owns_lock_{false};
  bool is_watching_ = false;
  std::array<struct sigaction, StopSignals.size()> before_{};
};

HeldFolder::HeldFolder(const std::string& path, std::string_view work)
    : traces_(std::make_unique<FolderTraces>(path)), lock_(path, work)
{
  traces_->own_lock();
}

HeldFolder::~HeldFolder()
{
  lock_.remove_file();
}

void HeldFolder::keep()
{
  traces_->keep_folders();
}

}  // namespace cm::tools
