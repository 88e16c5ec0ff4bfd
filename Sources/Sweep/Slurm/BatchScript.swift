import Foundation
import Words

/// A script for sbatch: options in comments, and what a node's shell runs.
struct BatchScript {
  /// What the script is for, a sentence a line.
  let remarks: [String]
  /// The options, each with its words.
  let options: [[String]]
  /// The commands.
  let body: String

  /// The script's text.
  var text: String {
    let remarks = remarks.map { "# \($0.visible())" }
    let options = options.map { "#SBATCH \($0.map(Self.quoted).joined(separator: " "))" }
    return (["#!/bin/sh"] + remarks + options + ["", body]).joined(separator: "\n")
  }

  /// A word as sbatch reads it in a comment: in double quotes all but a quote, a backslash and a line break stands for itself.
  /// https://github.com/SchedMD/slurm/blob/slurm-22-05-8-1/src/sbatch/opt.c (_get_argument)
  static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789/._-+=:,@%^[]".unicodeScalars.contains(scalar))
    }
    return isPlain ? word : "\"" + word.replacingScalars { "\"\\".unicodeScalars.contains($0) ? "\\\($0)" : nil } + "\""
  }

  /// Why a word can't stand in a script's options; nil where it can.
  static func complaint(about word: String) -> String? {
    if word.isEmpty { return "an empty word is no option of sbatch." }
    if word.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
      return "\"\(word.visible())\" has a control character, which no option of sbatch can have in a script."
    }
    return nil
  }

  /// The end of a task that goes on later: a signal that Slurm sends before the time limit stops the sweep with a checkpoint, and the task
  /// goes back into the queue.
  ///
  /// Slurm sends it to the shell alone, unlike TERM, which it sends to all of a task's processes before it preempts or cancels it; what
  /// is preempted it requeues by itself, and what is cancelled must not come back.
  static func goesOn(_ command: String) -> String {
    """
    # Slurm sends USR1 before the time limit: the sweep stores checkpoints and ends, and the task goes back into the queue.
    # It sends TERM before it preempts or cancels a task: the sweep stores checkpoints, and Slurm requeues what it preempts.
    trap 'limit=near; kill -TERM "$sweep" && told=yes' USR1
    trap 'kill -TERM "$sweep" && told=yes' TERM

    \(command) &
    sweep=$!
    wait "$sweep"
    status=$?
    # A signal ends a wait early.
    while [ "$told" = yes ]; do
      told=
      wait "$sweep"
      status=$?
    done

    # 143: ended by TERM.
    if [ "$limit" = near ] && [ "$status" = 143 ]; then
      exec scontrol requeue "$SLURM_JOB_ID"
    fi
    exit "$status"

    """
  }
}
