(** Finite steps and weight decay. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus.
Open Scope R_scope.

(** A step gamma of gradient descent multiplies u_j^2 - u_k^2 by 1 - gamma^2 g^2 prod_{l<>j,k} u_l^2, exactly. *)
Definition step L gamma g (u : nat -> R) (j : nat) : R := u j - gamma * g * Prod L (but j u).

Theorem step_of_difference L gamma g (u : nat -> R) j k : (j < L)%nat -> (k < L)%nat -> j <> k ->
  step L gamma g u j ^ 2 - step L gamma g u k ^ 2
  = (1 - gamma ^ 2 * g ^ 2 * Prod L (but j (but k u)) ^ 2) * (u j ^ 2 - u k ^ 2).
Proof.
  intros hj hk ne. unfold step.
  assert (a : Prod L (but j u) = u k * Prod L (but j (but k u))).
  { rewrite (Prod_apart L k (but j u)) by easy. rewrite but_other by auto. f_equal.
    apply Prod_ext. intros i _. unfold but. now destruct (Nat.eqb i j), (Nat.eqb i k). }
  assert (b : Prod L (but k u) = u j * Prod L (but j (but k u))).
  { rewrite (Prod_apart L j (but k u)) by easy. now rewrite but_other. }
  rewrite a, b. ring.
Qed.

(** Two layers: the modes u + v and u - v are multiplied by 1 - gamma g and 1 + gamma g. *)
Theorem step_of_modes gamma g u v : let u' := u - gamma * g * v in let v' := v - gamma * g * u in
  u' + v' = (1 - gamma * g) * (u + v) /\ u' - v' = (1 + gamma * g) * (u - v).
Proof. intros u' v'. unfold u', v'. split; ring. Qed.

(** Weight decay alpha (of either sign): u' = -(prod of the others) g - alpha u makes differences of squares decay as exp(-2 alpha t). *)
Theorem weight_decay L alpha (u : nat -> R -> R) (g : R -> R) T : 0 <= T ->
  (forall j t, (j < L)%nat -> 0 <= t <= T ->
    is_derive (u j) t (- (g t * Prod L (but j (fun k => u k t))) - alpha * u j t)) ->
  forall j k, (j < L)%nat -> (k < L)%nat -> u j T ^ 2 - u k T ^ 2 = exp (- (2 * alpha) * T) * (u j 0 ^ 2 - u k 0 ^ 2).
Proof.
  intros hT flow j k hj hk.
  assert (same : exp (2 * alpha * T) * (u j T ^ 2 - u k T ^ 2) = exp (2 * alpha * 0) * (u j 0 ^ 2 - u k 0 ^ 2)).
  { apply (constant_of_zero_slope (fun t => exp (2 * alpha * t) * (u j t ^ 2 - u k t ^ 2)) T hT). intros t ht.
    assert (de : is_derive (fun s => exp (2 * alpha * s)) t (2 * alpha * exp (2 * alpha * t))) by (auto_derive; [easy|ring]).
    assert (dj := is_derive_pow (u j) 2 t _ (flow j t hj ht)). assert (dk := is_derive_pow (u k) 2 t _ (flow k t hk ht)).
    apply (is_derive_to _ _ _ _ (is_derive_mult _ _ t _ _ de (is_derive_minus _ _ t _ _ dj dk) (fun a b => Rmult_comm a b))).
    assert (pj := Prod_apart L j (fun k => u k t) hj). assert (pk := Prod_apart L k (fun k => u k t) hk).
    reals. set (a := Prod L (but j (fun k => u k t))) in *. set (b := Prod L (but k (fun k => u k t))) in *.
    assert (e : u j t * a = u k t * b) by congruence.
    replace (2 * alpha * exp (2 * alpha * t) * _ + _) with (2 * exp (2 * alpha * t) * g t * (u k t * b - u j t * a)) by ring.
    rewrite e. ring. }
  rewrite Rmult_0_r, exp_0, Rmult_1_l in same. rewrite <- same, <- Rmult_assoc, <- exp_plus.
  replace (- (2 * alpha) * T + 2 * alpha * T) with 0 by ring. rewrite exp_0. ring.
Qed.
