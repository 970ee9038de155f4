(** Formulas of the paper that are false as printed, each with a point where it fails. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers TwoLayers Redundant.
Open Scope R_scope.

(** (6) and Proposition 1.1 as printed, without the factor 2: along u_1 = u_2 = exp(-t), where the gradient is 1. *)
Theorem eq_6_fails : exists (L : nat) (g : R -> R) (u : nat -> R -> R), (2 <= L)%nat /\
  (forall j t, (j < L)%nat -> 0 <= t -> is_derive (u j) t (- (g t * Prod L (but j (fun k => u k t))))) /\
  exists k t r, (k < L)%nat /\ 0 <= t /\ is_derive (fun s => u k s ^ 2) t r /\ r <> - (g t * Prod L (fun k => u k t)).
Proof.
  exists 2%nat, (fun _ => 1), (fun _ t => exp (- t)). split; [lia|]. split.
  - intros j t hj _. replace (Prod 2 (but j _)) with (exp (- t)); [auto_derive; [easy|ring]|].
    destruct j as [|[|j]]; [unfold but; simpl; ring..|lia].
  - exists O, 0, (-2). split; [lia|]. split; [lra|]. split; [auto_derive; [easy|rewrite Ropp_0, exp_0; ring]|].
    simpl. rewrite Ropp_0, exp_0. lra.
Qed.

(** The display after (8): along the flow of the loss theta from (1, 2), the least layer crosses zero at exp(2t) = 3; at
    exp(t) = 3 the layers are -1 and 2, theta = -2, and the printed formula gives 2. *)
Definition crossing (j : nat) (t : R) : R := if Nat.eqb j 0 then (3 * exp (- t) - exp t) / 2 else (3 * exp (- t) + exp t) / 2.
Theorem crossing_flow j t : (j < 2)%nat -> is_derive (crossing j) t (- (1 * Prod 2 (but j (fun k => crossing k t)))).
Proof.
  intro hj. destruct j as [|[|j]]; [| |lia]; unfold crossing, but; simpl; auto_derive; try easy; field.
Qed.
Theorem crossing_start : crossing 0 0 = 1 /\ crossing 1 0 = 2.
Proof. unfold crossing; simpl. rewrite Ropp_0, exp_0. split; field. Qed.
Theorem crossing_end : 0 <= ln 3 /\ crossing 0 (ln 3) = -1 /\ crossing 1 (ln 3) = 2.
Proof.
  split; [rewrite <- ln_1; left; apply ln_increasing; lra|].
  unfold crossing; simpl. rewrite exp_Ropp, exp_ln by lra. split; field.
Qed.
Theorem crossing_root t : sqrt (crossing 0 t ^ 2 + 3) = crossing 1 t.
Proof.
  assert (p := exp_pos t). assert (q := exp_pos (- t)).
  assert (one : exp (- t) * exp t = 1) by (rewrite <- exp_plus; replace (- t + t) with 0 by ring; apply exp_0).
  replace (crossing 0 t ^ 2 + 3) with (crossing 1 t ^ 2).
  - apply sqrt_pow2. unfold crossing; simpl. lra.
  - unfold crossing; simpl. replace 3 with (3 * (exp (- t) * exp t)) at 5 by (rewrite one; ring). field.
Qed.
Theorem display_after_8_fails :
  crossing 0 (ln 3) * crossing 1 (ln 3)
  <> sign (crossing 0 0 * crossing 1 0) * (sqrt (crossing 0 (ln 3) ^ 2 + 0) * sqrt (crossing 0 (ln 3) ^ 2 + 3)).
Proof.
  rewrite crossing_root. destruct crossing_start as [-> ->]. destruct crossing_end as [_ [-> ->]].
  replace ((-1) ^ 2 + 0) with (1 ^ 2) by ring. rewrite sqrt_pow2, sign_eq_1 by lra. lra.
Qed.

(** "No analytical expression" after (8): from (0, a, a) the equation (8) for three layers is solved by a tan(a xi). *)
Theorem tangent_solves (g xi v : R -> R) a T : 0 <= T -> a <> 0 -> xi 0 = 0 -> v 0 = 0 ->
  (forall t, 0 <= t <= T -> is_derive xi t (- g t)) ->
  (forall t, 0 <= t <= T -> is_derive v t (- (g t * (a ^ 2 + v t ^ 2)))) -> v T = a * tan (a * xi T).
Proof.
  intros hT ha x0 v0 dxi dv.
  assert (same : atan (v T / a) - a * xi T = atan (v 0 / a) - a * xi 0).
  { apply (constant_of_zero_slope (fun t => atan (v t / a) - a * xi t) T hT). intros t ht.
    assert (lin : is_derive (fun s => v s / a) t (- (g t * (a ^ 2 + v t ^ 2)) / a)).
    { refine (is_derive_ext _ _ _ _ _ (is_derive_to _ _ _ _ (is_derive_scal v t (/ a) _ (dv t ht)) _)); [intro; reals|reals]; unfold Rdiv; ring. }
    assert (p : 0 < 1 + (v t / a) ^ 2) by (assert (s := pow2_ge_0 (v t / a)); lra).
    assert (q : a ^ 2 + v t ^ 2 <> 0) by (assert (s := pow2_gt_0 a ha); assert (r := pow2_ge_0 (v t)); lra).
    apply (is_derive_to _ _ _ _ (is_derive_minus _ _ t _ _
      (is_derive_comp atan (fun s => v s / a) t _ _ (is_derive_atan (v t / a)) lin) (is_derive_scal xi t a _ (dxi t ht)))).
    reals. unfold Rsqr. field. repeat split; try easy; intro z; apply q; rewrite <- z; ring. }
  rewrite x0, v0 in same. replace (0 / a) with 0 in same by (field; easy). rewrite atan_0 in same.
  replace (a * xi T) with (atan (v T / a)) by lra. rewrite tan_atan. field. easy.
Qed.

(** (20) as printed has the slope arcsinh(2 theta / Delta_0) - ..., (21) and (22) are twice what they should be from (1, 0). *)
Lemma log_ratio_1_0 : ln (Rabs ((1 + 0) / (1 - 0))) = 0.
Proof. replace ((1 + 0) / (1 - 0)) with 1 by field. now rewrite Rabs_R1, ln_1. Qed.
Lemma Delta_1_0 : Rabs (1 ^ 2 - 0 ^ 2) = 1.
Proof. replace (1 ^ 2 - 0 ^ 2) with 1 by ring. apply Rabs_R1. Qed.
Lemma arcsinh_2_pos : 0 < arcsinh 2.
Proof. rewrite <- arcsinh_0. apply arcsinh_lt. lra. Qed.
Theorem eq_20_fails : exists u0 v0 theta r, u0 + v0 <> 0 /\ u0 - v0 <> 0 /\
  is_derive (Q_two (1 / 2) (Delta u0 v0) (log_ratio u0 v0)) theta r /\ r <> Psi_inverse u0 v0 theta.
Proof.
  exists 1, 0, 1, (2 * (1 / 2) * arcsinh (2 * 1 / 1) - 0 / 2).
  unfold Psi_inverse, Delta, log_ratio. rewrite log_ratio_1_0, Delta_1_0.
  split; [lra|]. split; [lra|]. split; [apply slope_of_Q_two; lra|].
  assert (p := arcsinh_2_pos). replace (2 * 1 / 1) with 2 by field. lra.
Qed.

(** (30) as printed: at L = 3, u(0) = 2 the slope has 2 where it should have 1/2. *)
Theorem eq_30_fails : exists L u0 theta r, 2 < L /\ 0 < u0 /\ 0 < theta /\
  is_derive (fun theta => theta * Rpower u0 (L - 2) - L * Rpower theta (2 / L) / 2) theta r /\
  r <> Rpower u0 (2 - L) - Rpower theta (2 / L - 1).
Proof.
  exists 3, 2, 1, (Rpower 2 (3 - 2) - Rpower 1 (2 / 3 - 1)).
  do 3 (split; [lra|]). split; [apply slope_of_Q_redundant; lra|].
  replace (3 - 2) with 1 by ring. replace (2 - 3) with (- (1)) by ring. rewrite Rpower_Ropp, Rpower_1 by lra. lra.
Qed.
